import { type RunningPaypal, runPaypal, vaulted } from '../testing/running-paypal.js';
import { checkPublished } from './paypal.shapes.js';
import type { WireObject } from './paypal.wire.js';

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
    expect(() => checkPublished('order', broken)).toThrow('capture.surprise is not published');
  });

  it('refuse an answer that lacks a field', () => {
    const { status: _status, ...rest } = order;
    expect(() => checkPublished('order', rest)).toThrow('order.status is missing');
  });
});
