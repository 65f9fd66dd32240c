import { randomUUID } from 'node:crypto';
import type { ProviderFact } from '../../libs/providers/src/index.js';
import {
  createPayment,
  type List,
  type Payment,
  paymentBody,
  postRefund,
  readPayment,
  type Refund,
} from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { runCommand } from './support/commands.js';
import { asOperator } from './support/operations.js';
import { expectProblem } from './support/problems.js';
import { paymentFact, refundFact, reviewsOf, told } from './support/provider-facts.js';
import { openWebhooks } from './support/sealed-rows.js';
import { until } from './support/until.js';

type Dispute = Extract<ProviderFact['subject'], { kind: 'dispute' }>;
type Archived<Row> = Row & { archived: boolean; version: number };

const threeYearsMs = 3 * 366 * 86_400_000;

describe('a payment in the archive', () => {
  let system: TestSystem;
  let before: Archived<Payment>;
  let refund: Archived<Refund>;
  const body = paymentBody({ reference: 'order-1', customer_name: 'Ada' });
  const [paymentKey, refundKey] = [randomUUID(), randomUUID()];
  const expansions = '?expand=attempts,events,refunds';

  const get = <Body>(path: string, key?: string) =>
    call<Body>(system, 'GET', `/v1/${path}`, { ...(key && { key }) });
  const post = (path: string, content: object, idempotencyKey: string = randomUUID()) =>
    call(system, 'POST', `/v1/${path}`, { body: content, idempotencyKey });
  const count = async (table: string) => {
    const text = `SELECT count(*)::int AS count FROM ${table}`;
    return (await queryOnce<{ count: number }>(system.database.admin, text))[0]?.count;
  };

  beforeAll(async () => {
    system = await startSystem({ env: { WORKER_POLL_MS: '50' } });
    const paid = await createPayment(system, {}, { body, idempotencyKey: paymentKey });
    const options = { body: { amount: '4.00', reason: 'broken' }, idempotencyKey: refundKey };
    const made = await postRefund(system, paid.id, {}, options);
    refund = made.body as Archived<Refund>;
    for (let more = 0; more < 3; more++) await createPayment(system);
    await until(
      'the webhooks',
      () => openWebhooks(system),
      ({ length }) => length === 0,
    );
    before = (await get<Archived<Payment>>(`transactions/${paid.id}${expansions}`)).body;
  });
  afterAll(() => system?.stop());

  it('got there once, whenever the job was killed', async () => {
    const now = new Date(Date.now() + threeYearsMs).toISOString();
    const archive = (env: Record<string, string> = {}) => {
      const words = ['lifecycle', 'archive', '--now', now, '--simulate', '--batch', '1'];
      return runCommand(system, words, { env });
    };
    for (const FAILPOINT of ['lifecycle.before_commit:2', 'lifecycle.after_batch']) {
      expect(await archive({ FAILPOINT })).toMatchObject({ signal: 'SIGKILL' });
    }
    expect([await count('transactions'), await count('transactions_archive')]).toEqual([2, 2]);
    const ran = await until(
      'the lock',
      () => archive(),
      ({ code }) => code === 0,
    );
    expect(ran.stdout).toBe('archive         transactions archived: 2\n');
    expect([await count('transactions'), await count('transactions_archive')]).toEqual([0, 4]);
    expect([await count('refunds_archive'), await count('attempt_records')]).toEqual([1, 4]);
  });

  it('is read as before, but marked', async () => {
    const { body: now } = await get<typeof before>(`transactions/${before.id}${expansions}`);
    const archived = { archived: true, version: before.version + 1 };
    const refunds = [{ ...refund, archived: true, version: refund.version + 1 }];
    expect(now).toEqual({ ...before, ...archived, refunds });
    expect(before.archived).toBe(false);
    expect((await get(`refunds/${refund.id}`)).body).toEqual(refunds[0]);
    for (const path of [
      `transactions/${before.id}/refunds`,
      `refunds?transaction_id=${before.id}`,
    ]) {
      expect((await get<List<Refund>>(path)).body.data).toEqual(refunds);
    }
    const events = await get<List<object>>(`transactions/${before.id}/events`);
    expect(events.body.data).toEqual((before as unknown as { events: object[] }).events);
    const record = await asOperator<object>(system, 'GET', `/transactions/${before.id}`);
    expect(record.body).toMatchObject({ ...archived, refunds: [{ id: refund.id }] });
  });

  it('is in no list, and nothing to another partner', async () => {
    for (const path of ['transactions?reference=order-1', 'refunds']) {
      expect((await get<List<object>>(path)).body.data).toEqual([]);
    }
    const key = system.credentials.second_partner_api_key;
    for (const path of [`transactions/${before.id}`, `transactions/${before.id}/events`]) {
      expectProblem(await get(path, key), 404, 'transaction_not_found');
    }
    expectProblem(await get(`refunds/${refund.id}`, key), 404, 'refund_not_found');
  });

  it('is not confirmed, cancelled, refunded, settled or deleted any more', async () => {
    const path = `transactions/${before.id}`;
    const refused = [
      await post(`${path}/confirm`, {}),
      await post(`${path}/cancel`, { reason: 'late' }),
      await post(`${path}/refunds`, { reason: 'late' }),
      await asOperator(system, 'DELETE', `/${path}?reason=late`),
      await asOperator(system, 'POST', `/${path}/settle`, {
        body: { outcome: 'completed', evidence_reference: 'line 1', reason: 'late' },
      }),
    ];
    for (const answer of refused) expectProblem(answer, 409, 'transaction_archived');
  });

  it('keeps its idempotency key, and those of its refunds', async () => {
    await queryOnce(system.database.admin, 'DELETE FROM idempotency_keys');
    const other = await createPayment(system);
    const refused = [
      await post('transactions', body, paymentKey),
      await post(`transactions/${before.id}/refunds`, { reason: 'again' }, refundKey),
      await post(`transactions/${other.id}/refunds`, { reason: 'again' }, refundKey),
    ];
    for (const answer of refused) {
      const problem = expectProblem(answer, 422, 'idempotency_key_expired');
      expect(problem.transaction_id).toBe(before.id);
    }
    expect(await readPayment(system, other.id)).toMatchObject({ amount_refunded: '0.00' });
  });

  it('is put before people when its provider speaks of it after all', async () => {
    const providerRefundId = refund.provider_refund_id ?? '';
    const dispute: Dispute = {
      ...{ kind: 'dispute', phase: 'opened', reason: 'fraudulent' },
      providerDisputeId: 'dp_1',
      providerTransactionId: before.provider_transaction_id ?? '',
    };
    const money = { amount: '10.50', currency: 'USD' };
    for (const subject of [
      paymentFact(before, { status: 'completed', money }),
      refundFact(before),
      refundFact(before, { providerRefundId }, 'failed'),
      dispute,
    ]) {
      await told(system, subject, 'failed');
    }
    const items = await reviewsOf(system, before.id);
    expect(items.map(({ kind, details }) => [kind, details['about'], details['told']])).toEqual([
      ['payment_archived', 'payment', 'completed'],
      ['payment_archived', 'refund', 'completed'],
      ['payment_archived', 'refund', 'failed'],
      ['payment_archived', 'dispute', 'opened'],
    ]);
    expect(await readPayment(system, before.id)).toMatchObject({ status: before.status });
  });

  it('can be held', async () => {
    const words = ['--transaction', before.id, '--reason', 'Case 12', '--by', 'ada'];
    const placed = await runCommand(system, ['legal-hold', 'place', ...words]);
    expect([placed.code, JSON.parse(placed.stdout)]).toMatchObject([
      ...[0, { transaction_id: before.id }],
    ]);
  });
});
