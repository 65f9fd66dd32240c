import { fastify, type FastifyInstance } from 'fastify';
import { Behaviours } from '../behaviour.js';
import { Deliveries } from '../deliveries.js';
import { Findings } from '../findings.js';
import { Identifiers } from '../identifiers.js';
import { Journal } from '../journal.js';
import type { SandboxProvider } from '../provider.js';
import { manualClock } from '../testing/manual-clock.js';
import { orderOf, type PaypalBody, vaulted } from '../testing/running-paypal.js';
import { createPaypalSandbox } from './paypal.sandbox.js';

describe('the PayPal account', () => {
  let app: FastifyInstance;
  let provider: SandboxProvider;

  beforeEach(async () => {
    const [clock, journal, identifiers] = [manualClock(0), new Journal(), new Identifiers(7)];
    const deliveries = new Deliveries(clock, journal, identifiers);
    const url = 'http://sandbox.test';
    const findings = new Findings(journal);
    const shared = { clock, journal, identifiers, deliveries, findings, settleMs: 500 };
    const parts = { ...shared, behaviours: new Behaviours(), publicUrl: () => url };
    provider = createPaypalSandbox(parts, { webhookId: 'UNUSED' });
    app = fastify();
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    );
    await provider.routes(app);
  });

  afterEach(() => app.close());

  const post = async (
    url: string,
    headers: Record<string, string>,
    payload: string,
  ): Promise<PaypalBody> => {
    const type = { 'content-type': 'application/json' };
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: { ...type, ...headers },
      payload,
    });
    return answer.json<PaypalBody>();
  };

  const pay = async (name: string): Promise<string> => {
    const credentials = `Basic ${Buffer.from('client:secret').toString('base64')}`;
    const form = 'grant_type=client_credentials';
    const token = await post('/v1/oauth2/token', { authorization: credentials }, form);
    const authorization = `Bearer ${token.access_token}`;
    const headers = { authorization, 'paypal-request-id': name };
    const order = orderOf(vaulted(name), { custom_id: 't1' });
    return (await post('/v2/checkout/orders', headers, JSON.stringify(order))).id;
  };

  it('gives money back by hand, part by part and no more than was paid', async () => {
    const orderId = await pay('visa');
    const id = provider.refundByHand(orderId, 400);
    expect([...provider.refunds('t1')]).toMatchObject([
      { id, payment_id: orderId, amount: 400, status: 'COMPLETED', idempotency_key: null },
    ]);
    expect([...provider.charges('t1')]).toMatchObject([{ id: orderId, refunded: 400 }]);
    expect(() => provider.refundByHand(orderId, 651)).toThrow('REFUND_AMOUNT_EXCEEDED');
    expect(() => provider.refundByHand(orderId, 0)).toThrow('CANNOT_BE_ZERO_OR_NEGATIVE');
    provider.refundByHand(orderId, 650);
    expect(() => provider.refundByHand(orderId, 1)).toThrow('CAPTURE_FULLY_REFUNDED');
  });

  it('gives nothing back of what was not paid', async () => {
    const declined = await pay('declined');
    expect(() => provider.refundByHand(declined, 1)).toThrow('INVALID_RESOURCE_ID');
    expect(() => provider.refundByHand('NOBODY1', 1)).toThrow('INVALID_RESOURCE_ID');
  });

  it('has the same ids on every run with the same seed, in capitals and digits', async () => {
    expect(await pay('visa')).toBe('00000005ZRDR2S1GB');
  });
});
