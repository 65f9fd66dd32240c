import {
  paypalSdk,
  publishedDispute,
  publishedEvent,
  publishedToken,
  publishedTokenError,
} from '../testing/paypal-published.js';
import { differences } from '../testing/published.js';
import { type RunningPaypal, runPaypal, vaulted } from '../testing/running-paypal.js';
import { unpublishedCode } from './paypal.magic.js';
import { checkPublished, paypalShapes } from './paypal.shapes.js';
import type { WireObject } from './paypal.wire.js';

const deliberate = `processor_response.response_code is never ${unpublishedCode}`;

describe('the published shapes', () => {
  it.each([
    ['order', 'models/order', 'Order'],
    ['minimal order', 'models/order', 'Order'],
    ['capture', 'models/ordersCapture', 'OrdersCapture'],
    ['whole capture', 'models/capturedPayment', 'CapturedPayment'],
    ['refund', 'models/refund', 'Refund'],
    ['minimal refund', 'models/refund', 'Refund'],
    ['error', 'errors/customError', 'Custom'],
  ] as const)('of %s are those of the official SDK, however deep', (kind, file, name) => {
    const found = differences(paypalShapes[kind], paypalSdk.type(file, name), kind);
    expect(found.filter((difference) => !difference.endsWith(deliberate))).toEqual([]);
  });

  it.each([
    ['dispute', publishedDispute],
    ['event', publishedEvent],
    ['token', publishedToken],
    ['token error', publishedTokenError],
  ] as const)('of %s are those of the specification', (kind, published) => {
    expect(differences(paypalShapes[kind], published, kind)).toEqual([]);
  });
});

describe('the published shapes of an answer', () => {
  let paypal: RunningPaypal;
  let order: WireObject;

  beforeAll(async () => {
    paypal = await runPaypal({ webhooks: false });
    order = (await paypal.order('shape', vaulted('visa'))).body as unknown as WireObject;
  });

  afterAll(() => paypal.close());

  it('take what the sandbox renders', () => {
    expect(() => checkPublished('order', order)).not.toThrow();
  });

  it('refuse a field that is not published, however deep', () => {
    const broken = structuredClone(order) as unknown as {
      purchase_units: { payments: { captures: WireObject[] } }[];
    };
    broken.purchase_units[0].payments.captures[0]['surprise'] = 1;
    expect(() => checkPublished('order', broken)).toThrow(
      'order.purchase_units[0].payments.captures[0].surprise is not published',
    );
  });

  it('refuse an answer that lacks a field', () => {
    const { status: _status, ...rest } = order;
    expect(() => checkPublished('order', rest)).toThrow('order.status is missing');
  });
});
