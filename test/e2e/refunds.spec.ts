import { randomUUID } from 'node:crypto';
import { createPayment, postRefund, readPayment } from '../factories/payments.js';
import type { List, Payment, Refund } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { expectProblem } from './support/problems.js';
import {
  behave,
  forgetAll,
  holdWebhooks,
  ledgerRefunds,
  refundByHand,
  releaseWebhooks,
} from './support/sandbox.js';
import { untilKnown } from './support/unknown-rows.js';
import { until } from './support/until.js';

describe('a refund', () => {
  let system: TestSystem;

  beforeAll(async () => {
    const sandboxEnv = { SANDBOX_SETTLE_MS: '400' };
    system = await startSystem({ env: { WORKER_POLL_MS: '100' }, sandboxEnv });
  });
  afterAll(() => system?.stop());

  async function refundsOf(id: string): Promise<Refund[]> {
    const path = `/v1/transactions/${id}/refunds`;
    return (await call<List<Refund>>(system, 'GET', path)).body.data;
  }

  function reaches(id: string, status: string): Promise<Payment> {
    return until(
      status,
      () => readPayment(system, id),
      (now) => now.status === status,
    );
  }

  it('without an amount pays everything back', async () => {
    const { id } = await createPayment(system);
    const requested = { reason: 'Returned', metadata: { return: 'r-12' } };
    const answer = await postRefund(system, id, requested);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ...{ object: 'refund', transaction_id: id, status: 'completed', amount: '10.50' },
      ...{ currency: 'USD', ...requested, error_code: null, failed_at: null, livemode: false },
      provider_refund_id: expect.stringMatching(/^re_/) as string,
      processed_at: expect.stringMatching(/Z$/) as string,
    });
    expect(await readPayment(system, id)).toMatchObject({
      ...{ status: 'refunded', amount_refunded: '10.50', amount_refundable: '0.00' },
    });
    expect(await ledgerRefunds(system, id)).toEqual([
      expect.objectContaining({ amount: 1050, status: 'succeeded' }),
    ]);
    const read = await call(system, 'GET', `/v1/refunds/${answer.body.id}`);
    expect(read.text).toBe(answer.text);
  });

  it('and its payment are sent again only once their version has changed', async () => {
    const { id } = await createPayment(system);
    const refund = await postRefund(system, id, { amount: '1.00' });
    const payment = `/v1/transactions/${id}`;
    for (const path of [payment, `/v1/refunds/${refund.body.id}`]) {
      const first = await call<Payment>(system, 'GET', path);
      const etag = first.headers.get('etag') ?? '';
      expect(etag).toBe(`"${first.body.version}"`);
      const headers = { 'if-none-match': etag };
      const same = await call(system, 'GET', path, { headers });
      expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', etag]);
      const other = await call(system, 'GET', path, { headers: { 'if-none-match': '"0"' } });
      expect([other.status, other.text]).toEqual([200, first.text]);
      const expanded = await call(system, 'GET', `${payment}?expand=events`, { headers });
      expect([expanded.status, expanded.headers.get('etag')]).toEqual([200, null]);
    }
    const before = (await call(system, 'GET', payment)).headers.get('etag') ?? '';
    await postRefund(system, id, { amount: '1.00' });
    const changed = await call(system, 'GET', payment, { headers: { 'if-none-match': before } });
    expect(changed.status).toBe(200);
  });

  it('in part leaves the rest refundable, and the parts sum up', async () => {
    const { id } = await createPayment(system);
    for (const [amount, status, left] of [
      ['4.00', 'partially_refunded', '6.50'],
      ['6.49', 'partially_refunded', '0.01'],
      ['0.01', 'refunded', '0.00'],
    ]) {
      expect((await postRefund(system, id, { amount })).status).toBe(201);
      const now = await readPayment(system, id);
      expect(now).toMatchObject({ status, amount_refundable: left });
    }
    const refunds = await refundsOf(id);
    expect(refunds.map((refund) => refund.amount)).toEqual(['0.01', '6.49', '4.00']);
    const ledger = await ledgerRefunds(system, id);
    expect(ledger.reduce((sum, { amount }) => sum + amount, 0)).toBe(1050);
  });

  it('of more than is left is refused and says how much is left', async () => {
    const { id } = await createPayment(system);
    await postRefund(system, id, { amount: '4.00' });
    const answer = await postRefund(system, id, { amount: '6.51' });
    expect(expectProblem(answer, 422, 'refund_exceeds_amount').refundable).toBe('6.50');
    await postRefund(system, id);
    const none = await postRefund(system, id);
    expect(expectProblem(none, 422, 'refund_exceeds_amount').refundable).toBe('0.00');
    expect(await ledgerRefunds(system, id)).toHaveLength(2);
  });

  it('of 60 on 100, eight times at once, is accepted once', async () => {
    const { id } = await createPayment(system, { amount: '100.00' });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => postRefund(system, id, { amount: '60.00' })),
    );
    const accepted = answers.filter((answer) => answer.status === 201);
    const refused = answers.filter((answer) => answer.status !== 201);
    expect([accepted.length, refused.length]).toEqual([1, 7]);
    for (const answer of refused) {
      expect(expectProblem(answer, 422, 'refund_exceeds_amount').refundable).toBe('40.00');
    }
    expect(await ledgerRefunds(system, id)).toEqual([expect.objectContaining({ amount: 6000 })]);
    expect(await readPayment(system, id)).toMatchObject({ amount_refunded: '60.00' });
  });

  it.each([
    ['failed', { payment_method_token: 'pm_card_visa_chargeDeclined' }],
    ['pending', { confirm: false }],
    ['processing', { payment_method_token: 'pm_card_authenticationRequired' }],
  ])('of a %s payment is refused', async (status, changes) => {
    const payment = await createPayment(system, changes);
    expect(payment.status).toBe(status);
    const answer = await postRefund(system, payment.id, { amount: '1.00' });
    expectProblem(answer, 422, 'transaction_not_refundable');
    expect(await refundsOf(payment.id)).toEqual([]);
  });

  it.each([
    ['JPY', '500', '0.5', 'amount_invalid'],
    ['JPY', '500', '1.0', 'amount_invalid'],
    ['USD', '10.50', '1.001', 'amount_invalid'],
    ['USD', '10.50', '0', 'amount_invalid'],
    ['USD', '10.50', '0.00', 'amount_invalid'],
    ['USD', '10.50', '-1', 'validation_failed'],
    ['USD', '10.50', '1e0', 'validation_failed'],
    ['USD', '10.50', 1, 'validation_failed'],
  ])('in %s on %s of %p is refused', async (currency, paid, amount, code) => {
    const { id } = await createPayment(system, { currency, amount: paid });
    expectProblem(await postRefund(system, id, { amount }), 422, code);
    expect(await ledgerRefunds(system, id)).toEqual([]);
    expect((await postRefund(system, id)).status).toBe(201);
  });

  it('of another partner or of nothing is the same 404', async () => {
    const { id } = await createPayment(system);
    const key = system.credentials.second_partner_api_key;
    const foreign = await postRefund(system, id, {}, { key });
    const absent = await postRefund(system, randomUUID(), {}, { key });
    expectProblem(foreign, 404, 'transaction_not_found');
    expectProblem(absent, 404, 'transaction_not_found');
    expect(await refundsOf(id)).toEqual([]);
    expect((await postRefund(system, id)).status).toBe(201);
  });

  it('that is pending at the provider is completed by its webhook', async () => {
    const { id } = await createPayment(system, { payment_method_token: 'pm_card_pendingRefund' });
    const { body } = await postRefund(system, id, { amount: '4.00' });
    expect(body).toMatchObject({ status: 'processing', processed_at: null });
    expect(await readPayment(system, id)).toMatchObject({
      ...{ status: 'completed', amount_refunded: '0.00', amount_refundable: '6.50' },
    });
    expect(await reaches(id, 'partially_refunded')).toMatchObject({ amount_refunded: '4.00' });
    expect(await refundsOf(id)).toMatchObject([{ id: body.id, status: 'completed' }]);
  });

  it('that fails at the provider gives the amount free again', async () => {
    const token = 'pm_sandbox_refund_fail';
    const { id } = await createPayment(system, { payment_method_token: token });
    const { body } = await postRefund(system, id);
    expect(body.status).toBe('processing');
    const isFailed = ([refund]: Refund[]) => refund?.status === 'failed';
    const [failed] = await until('its failure', () => refundsOf(id), isFailed);
    expect(failed).toMatchObject({ id: body.id, processed_at: null });
    expect(failed?.error_code).not.toBeNull();
    expect(await readPayment(system, id)).toMatchObject({
      ...{ status: 'completed', amount_refundable: '10.50' },
    });
  });

  it('that fails late moves its payment back', async () => {
    const token = 'pm_card_refundFail';
    const { id } = await createPayment(system, { payment_method_token: token });
    const { body } = await postRefund(system, id);
    expect(body.status).toBe('completed');
    expect(await reaches(id, 'completed')).toMatchObject({
      ...{ amount_refunded: '0.00', amount_refundable: '10.50' },
    });
    expect(await refundsOf(id)).toMatchObject([{ id: body.id, status: 'failed' }]);
  });

  it('that is refused is failed if that was its only call, and else not known', async () => {
    const countedBefore = (count: number) =>
      queryOnce(system.database.admin, `ALTER TABLE refunds ALTER sends SET DEFAULT ${count}`);
    const payments = [await createPayment(system), await createPayment(system)];
    await forgetAll(system);
    const [alone, repeated] = payments.map(({ id }) => id);
    const refused = await postRefund(system, alone ?? '');
    expect(refused.body).toMatchObject({ status: 'failed', error_code: 'refund_rejected' });
    await countedBefore(2);
    const unknown = await postRefund(system, repeated ?? '');
    expect(unknown.body).toMatchObject({ status: 'processing', error_code: null });
    await countedBefore(1);
    expect(await refundsOf(repeated ?? '')).toEqual([unknown.body]);
  });

  it('of what was given back already fails if that was its only call, and else is not known', async () => {
    const countedBefore = (count: number) =>
      queryOnce(system.database.admin, `ALTER TABLE refunds ALTER sends SET DEFAULT ${count}`);
    await holdWebhooks(system);
    const [alone, called, lost] = [
      await createPayment(system),
      await createPayment(system),
      await createPayment(system),
    ];
    await behave(system, { script: 'http_500', path: '/v1/refunds', method: 'POST' });
    const { body: unheard } = await postRefund(system, lost.id);
    for (const { provider_transaction_id: id } of [alone, called, lost]) {
      await refundByHand(system, 'stripe', id ?? '', 1050);
    }
    expect((await postRefund(system, alone.id)).body).toMatchObject({
      ...{ status: 'failed', error_code: 'refund_failed' },
    });
    await countedBefore(2);
    const { body: unknown } = await postRefund(system, called.id);
    await countedBefore(1);
    expect(unknown).toMatchObject({ status: 'processing', error_code: null });
    const isAsked = (row: { sync_count: number }) => row.sync_count > 1;
    const [row] = await untilKnown(system, 'refunds', [unheard.id], isAsked);
    expect(row).toMatchObject({ status: 'processing', certainty: 'sent_unconfirmed' });
    await releaseWebhooks(system);
  });
});
