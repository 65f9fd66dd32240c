import {
  captureOf,
  grant,
  type RunningPaypal,
  runPaypal,
  vaulted,
} from '../testing/running-paypal.js';
import { settleMs } from '../testing/running-sandbox.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe('PayPal-Request-Id', () => {
  let paypal: RunningPaypal;

  beforeEach(async () => {
    paypal = await runPaypal({ webhooks: false });
  });

  afterEach(() => paypal.close());

  const refreshed = async (): Promise<Record<string, string>> => {
    const { body } = await grant(paypal.sandbox.url);
    return { authorization: `Bearer ${body.access_token}` };
  };

  it('gives the latest state of what the first call made, and makes nothing again', async () => {
    const unit = { custom_id: 'again' };
    const first = await paypal.order('again', vaulted('pending'), unit);
    paypal.sandbox.clock.advance(settleMs);
    const again = await paypal.order('again', vaulted('pending'), unit);
    expect(again.status).toBe(200);
    expect(again.body.id).toBe(first.body.id);
    expect(again.body.purchase_units[0].payments.captures).toMatchObject([{ status: 'COMPLETED' }]);
    expect(await paypal.ledger('again')).toHaveLength(1);
  });

  it('makes another order each time when it is left out', async () => {
    const order = { paypal: { experience_context: { return_url: 'https://shop.test' } } };
    const headers = { 'paypal-request-id': '' };
    const one = await paypal.order('', order, {}, headers);
    const other = await paypal.order('', order, {}, headers);
    expect(other.body.id).not.toBe(one.body.id);
  });

  it('gives a decline again', async () => {
    const wallet = { paypal: { vault_id: 'sandbox-paypal-declined' } };
    for (const _attempt of [1, 2]) {
      expect(await paypal.order('declined', wallet, { custom_id: 'declined' })).toMatchObject({
        status: 422,
        body: { details: [{ issue: 'INSTRUMENT_DECLINED' }] },
      });
    }
    expect(await paypal.ledger('declined')).toHaveLength(1);
  });

  it('is free again after a request that was refused as wrong', async () => {
    const wrong = await paypal.order('wrong', { card: { vault_id: 'nobody' } });
    expect(wrong.status).toBe(422);
    expect((await paypal.order('wrong', vaulted('visa'))).status).toBe(201);
  });

  it('is in use while the first call is under way', async () => {
    const first = paypal.order('busy', vaulted('slow-100ms'));
    await paypal.sandbox.clock.awaited();
    expect(await paypal.order('busy', vaulted('slow-100ms'))).toMatchObject({
      status: 409,
      body: {
        name: 'RESOURCE_CONFLICT',
        details: [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS' }],
      },
    });
    paypal.sandbox.clock.advance(100);
    expect((await first).status).toBe(201);
  });

  it('is kept for 6 hours by orders', async () => {
    const first = await paypal.order('kept', vaulted('visa'));
    paypal.sandbox.clock.advance(6 * hourMs - 1);
    expect((await paypal.order('kept', vaulted('visa'))).body.id).toBe(first.body.id);
    paypal.sandbox.clock.advance(1);
    expect((await paypal.order('kept', vaulted('visa'))).body.id).not.toBe(first.body.id);
  });

  it('is kept for 45 days by refunds', async () => {
    const path = `/v2/payments/captures/${captureOf(await paypal.order('r', vaulted('visa')))}/refund`;
    const part = { amount: { currency_code: 'USD', value: '1.00' } };
    const headers = { 'paypal-request-id': 'refund' };
    const first = await paypal.call('POST', path, part, headers);
    paypal.sandbox.clock.advance(45 * dayMs - 1);
    const again = await paypal.call('POST', path, part, { ...headers, ...(await refreshed()) });
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id } });
    paypal.sandbox.clock.advance(1);
    const late = await paypal.call('POST', path, part, { ...headers, ...(await refreshed()) });
    expect(late.body.id).not.toBe(first.body.id);
  });

  it('has at most 108 characters', async () => {
    expect((await paypal.order('x'.repeat(108), vaulted('visa'))).status).toBe(201);
    expect(await paypal.order('x'.repeat(109), vaulted('visa'))).toMatchObject({
      status: 400,
      body: { details: [{ issue: 'INVALID_STRING_LENGTH', location: 'header' }] },
    });
  });
});
