import { createPayment, type Payment, readEventTypes, readPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { expectProblem } from './support/problems.js';
import {
  behave,
  behaveAsUsual,
  decideAsPayer,
  paidCharges,
  unmetCalls,
} from './support/sandbox.js';
import { readUnknown } from './support/unknown-rows.js';
import { until } from './support/until.js';

const shop = 'https://shop.example/thanks?order=7#top';
const challenged = {
  payment_method_token: 'pm_card_authenticationRequired',
  return_url: shop,
};

/** Approved by the payer, and taken by a call of ours. */
const wallet = {
  ...{ provider: 'paypal', payment_method: 'e_wallet', payment_method_token: undefined },
  return_url: shop,
};

// No webhooks and no worker: what is known is known from the payer's return.
const options = { worker: 0, sandboxEnv: { STRIPE_WEBHOOK_URL: '' } };

describe('a payer who comes back from the provider’s page', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem(options);
  });
  afterAll(() => system?.stop());

  async function decide(payment: Payment, decision: 'approve' | 'decline'): Promise<string> {
    return (await decideAsPayer(payment.next_action?.url ?? '', decision)) ?? '';
  }

  async function comeBack(address: string) {
    const { pathname, search } = new URL(address);
    return call(system, 'GET', `${pathname}${search}`, { key: null });
  }

  const landing = (id: string, status: string) =>
    `https://shop.example/thanks?order=7&transaction_id=${id}&status=${status}#top`;

  it('settles the payment, and is sent on to the partner with its status', async () => {
    const payment = await createPayment(system, challenged);
    expect(payment.status).toBe('processing');
    const address = await decide(payment, 'approve');
    expect(address).toMatch(new RegExp(`^${system.baseUrl}/return/[\\w-]{86}\\?`));
    const answer = await comeBack(address);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(landing(payment.id, 'completed'));
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await readPayment(system, payment.id)).toMatchObject({ status: 'completed' });
    expect(await paidCharges(system, payment.id)).toHaveLength(1);
  });

  it('ten times at once is charged once, and told the same each time', async () => {
    const payment = await createPayment(system, challenged);
    const address = await decide(payment, 'approve');
    const answers = await Promise.all(Array.from({ length: 10 }, () => comeBack(address)));
    const locations = answers.map(({ headers }) => headers.get('location'));
    expect(new Set(locations)).toEqual(new Set([landing(payment.id, 'completed')]));
    expect(await paidCharges(system, payment.id)).toHaveLength(1);
    expect(await readEventTypes(system, payment.id)).toEqual(['created', 'payment_completed']);
  });

  it('after a refusal is sent on as well, and the payment has failed', async () => {
    const payment = await createPayment(system, challenged);
    const answer = await comeBack(await decide(payment, 'decline'));
    expect(answer.headers.get('location')).toBe(landing(payment.id, 'failed'));
    expect(await readPayment(system, payment.id)).toMatchObject({
      ...{ status: 'failed', decline_code: 'authentication_failed' },
      retry_advice: 'after_customer_action',
    });
  });

  it('is sent on when the provider does not answer, and the payment stays as it is', async () => {
    const payment = await createPayment(system, challenged);
    const address = await decide(payment, 'approve');
    const path = '/v1/payment_intents';
    await behave(system, { script: 'http_500', path, method: 'GET', times: 1 });
    const answer = await comeBack(address);
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      landing(payment.id, 'processing'),
    ]);
    expect(await readEventTypes(system, payment.id)).toEqual(['created']);
    const again = await comeBack(address);
    expect(again.headers.get('location')).toBe(landing(payment.id, 'completed'));
  });

  it.each([
    ['look at the order', { script: 'http_500', method: 'GET' }, 0],
    ['call that took the money', { script: 'reset_after_commit', method: 'POST' }, 1],
  ])('is looked after soon when the answer to the %s is lost', async (_lost, meets, taken) => {
    const { id, next_action: page } = await createPayment(system, wallet);
    const address = (await decideAsPayer(page?.url ?? '', 'approve')) ?? '';
    const late = `UPDATE transactions SET sync_count = 4,
      next_sync_at = clock_timestamp() + interval '12 hours' WHERE id = $1`;
    await queryOnce(system.database.admin, late, [id]);
    await behave(system, { ...meets, path: '/v2/checkout/orders', times: 1 });
    const lost = await comeBack(address);
    expect(lost.headers.get('location')).toBe(landing(id, 'processing'));
    expect(await unmetCalls(system)).toEqual([]);
    expect(await paidCharges(system, id)).toHaveLength(taken);
    const known = { certainty: 'confirmed', is_scheduled: true, sync_count: 4 };
    expect(await readUnknown(system, 'transactions', [id])).toMatchObject([known]);
    const again = await comeBack(address);
    expect(again.headers.get('location')).toBe(landing(id, 'completed'));
    expect(await paidCharges(system, id)).toHaveLength(1);
  });

  it('is looked after soon, though a worker put it off while the money was taken', async () => {
    const { id, next_action: page } = await createPayment(system, wallet);
    const address = (await decideAsPayer(page?.url ?? '', 'approve')) ?? '';
    const putOff = `UPDATE transactions SET next_sync_at = clock_timestamp() + interval '12 hours'
      WHERE id = $1`;
    await queryOnce(system.database.admin, putOff, [id]);
    const meets = { script: 'reset_after_commit', latency_ms: 1_000, method: 'POST' };
    await behave(system, { ...meets, path: '/v2/checkout/orders', times: 1 });
    const lost = comeBack(address);
    const scheduled = async () => (await readUnknown(system, 'transactions', [id]))[0];
    await until('it to be looked after', scheduled, (row) => row?.is_scheduled === true);
    await queryOnce(system.database.admin, putOff, [id]);
    expect((await lost).headers.get('location')).toBe(landing(id, 'processing'));
    expect(await scheduled()).toMatchObject({ is_scheduled: true });
  });

  it('asks no provider about a payment that its partner cancelled', async () => {
    const payment = await createPayment(system, challenged);
    const body = { reason: 'Changed their mind' };
    await call(system, 'POST', `/v1/transactions/${payment.id}/cancel`, { body });
    const address = await decide(payment, 'approve');
    const back = address === '' ? undefined : await comeBack(address);
    expect(back?.headers.get('location') ?? landing(payment.id, 'cancelled')).toBe(
      landing(payment.id, 'cancelled'),
    );
    expect(await paidCharges(system, payment.id)).toEqual([]);
  });

  it('ten times at once has the money taken by one call', async () => {
    const payment = await createPayment(system, wallet);
    const address = await decide(payment, 'approve');
    const orders = '/v2/checkout/orders';
    await behave(system, { latency_ms: 300, path: orders, method: 'GET', times: 10 });
    await behave(system, { latency_ms: 300, path: orders, method: 'POST', times: 50 });
    await Promise.all(Array.from({ length: 10 }, () => comeBack(address)));
    expect(await unmetCalls(system)).toEqual([49]);
    await behaveAsUsual(system);
    expect(await readPayment(system, payment.id)).toMatchObject({ status: 'completed' });
    expect(await paidCharges(system, payment.id)).toHaveLength(1);
    const again = await comeBack(address);
    expect(again.headers.get('location')).toBe(landing(payment.id, 'completed'));
  });

  it('is overtaken by a cancellation: nothing is taken after it', async () => {
    const payment = await createPayment(system, wallet);
    const address = await decide(payment, 'approve');
    await behave(system, { latency_ms: 500, path: '/v2/checkout/orders', method: 'GET' });
    const back = comeBack(address);
    await until(
      'the look at the order',
      () => unmetCalls(system),
      (unmet) => unmet.length === 0,
    );
    const body = { reason: 'Sold out' };
    const path = `/v1/transactions/${payment.id}/cancel`;
    expect((await call(system, 'POST', path, { body })).status).toBe(200);
    expect((await back).headers.get('location')).toBe(landing(payment.id, 'processing'));
    expect(await paidCharges(system, payment.id)).toEqual([]);
  });

  it('by an address that is not ours is sent nowhere', async () => {
    const payment = await createPayment(system, challenged);
    const address = new URL(await decide(payment, 'approve'));
    const token = address.pathname.split('/').at(-1) ?? '';
    const flipped = token.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    for (const wrong of [flipped, token.slice(1), 'x', `${flipped}?return_url=${shop}`]) {
      const answer = await call(system, 'GET', `/return/${wrong}`, { key: null });
      expectProblem(answer, 404, 'transaction_not_found');
      expect(answer.headers.get('location')).toBeNull();
    }
    const extra = 'return_url=https://evil.example&transaction_id=x&status=completed';
    const own = await call(system, 'GET', `/return/${token}?${extra}`, { key: null });
    expect(own.headers.get('location')).toBe(landing(payment.id, 'completed'));
  });

  it('again and again is asked to wait', async () => {
    const payment = await createPayment(system, challenged);
    const address = await decide(payment, 'decline');
    const statuses: number[] = [];
    for (let round = 0; round < 13; round++) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => comeBack(address)));
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(new Set(statuses)).toEqual(new Set([303, 429]));
  });
});
