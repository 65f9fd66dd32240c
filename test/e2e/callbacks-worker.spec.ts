import pg from 'pg';
import { createPayment, readPayment } from '../factories/payments.js';
import type { List, Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { becomes, paymentFact, tellFact } from './support/provider-facts.js';
import { until } from './support/until.js';

/** Their facts, two each, are more than a worker takes at once. */
const many = 30;
const atOnce = 10;

describe('workers that apply webhooks', () => {
  let system: TestSystem;
  let locker: pg.Client;

  beforeAll(async () => {
    system = await startSystem({
      ...{ env: { WORKER_POLL_MS: '20', LOCK_TIMEOUT_MS: '60000', STATEMENT_TIMEOUT_MS: '60000' } },
      ...{ worker: 3, sandboxEnv: { STRIPE_WEBHOOK_URL: '' } },
    });
    locker = new pg.Client({ connectionString: system.database.admin });
    await locker.connect();
  });
  afterAll(async () => {
    await locker?.end();
    await system?.stop();
  });

  const waiting = () =>
    createPayment(system, {
      ...{ payment_method_token: 'pm_card_authenticationRequired' },
      return_url: 'https://shop.example/thanks',
    });

  it('apply each once, however many there are and whoever takes them', async () => {
    const payments: Payment[] = [];
    while (payments.length < many) {
      payments.push(...(await Promise.all(Array.from({ length: atOnce }, waiting))));
    }
    const ids = await Promise.all(
      payments.flatMap((payment) => {
        const fact = paymentFact(payment, { status: 'completed' });
        return [tellFact(system, fact), tellFact(system, fact)];
      }),
    );
    for (const id of ids) await becomes(system, id, 'applied');
    const rows = await queryOnce<{ events: string[] }>(
      system.database.admin,
      `SELECT array_agg(event_type::text ORDER BY sequence) AS events FROM transaction_events
       WHERE transaction_id = ANY ($1) GROUP BY transaction_id`,
      [payments.map(({ id }) => id)],
    );
    expect(rows).toEqual(payments.map(() => ({ events: ['created', 'payment_completed'] })));
    const text = 'SELECT max(attempt_count) AS most FROM provider_webhooks WHERE id = ANY ($1)';
    expect(await queryOnce(system.database.admin, text, [ids])).toEqual([{ most: 1 }]);
  });

  it('write down the time, all of them in one row of each minute of the day', async () => {
    const text = `SELECT slot, extract(hour FROM utc)::int * 60 + extract(minute FROM utc)::int AS minute
      FROM (SELECT slot, written_at AT TIME ZONE 'UTC' AS utc FROM backup_heartbeats) AS beat`;
    const beats = await queryOnce<{ slot: number; minute: number }>(system.database.admin, text);
    expect(beats.length).toBeGreaterThan(0);
    expect(beats.filter(({ slot, minute }) => slot !== minute)).toEqual([]);
  });

  it('that lost the lease of a webhook leave its end to the one that has it', async () => {
    const payment = await waiting();
    await locker.query('BEGIN');
    await locker.query('SELECT 1 FROM transactions WHERE id = $1 FOR UPDATE', [payment.id]);
    const id = await tellFact(system, paymentFact(payment, { status: 'completed' }));
    const taken = 'SELECT attempt_count AS taken FROM provider_webhooks WHERE id = $1';
    const takenTimes = (times: number) =>
      until(
        `claim ${times}`,
        () => queryOnce<{ taken: number }>(system.database.admin, taken, [id]),
        ([row]) => row?.taken === times,
      );
    await takenTimes(1);
    const expire = 'UPDATE provider_webhooks SET next_attempt_at = now() WHERE id = $1';
    await queryOnce(system.database.admin, expire, [id]);
    await takenTimes(2);
    await locker.query('COMMIT');
    await becomes(system, id, 'applied');
    const path = `/v1/transactions/${payment.id}/events`;
    const { body } = await call<List<{ event_type: string }>>(system, 'GET', path);
    expect(body.data.map((event) => event.event_type)).toEqual(['created', 'payment_completed']);
  });

  it('do not let one that waits for a lock, or fails, hold up the others', async () => {
    const [slow, quick] = [await waiting(), await waiting()];
    for (const name of ['worker', 'worker-2', 'worker-3']) await system.kill(name, 'SIGTERM');
    await locker.query('BEGIN');
    await locker.query('SELECT 1 FROM transactions WHERE id = $1 FOR UPDATE', [slow.id]);
    const completed = { status: 'completed' } as const;
    const held = await tellFact(system, paymentFact(slow, completed));
    const wordless = { ...paymentFact(quick, completed), outcome: undefined };
    const broken = await tellFact(system, wordless as never);
    const unsealed = await tellFact(system, paymentFact(quick, completed));
    await queryOnce(
      system.database.admin,
      `UPDATE provider_webhooks SET body = 'k.${'x'.repeat(60)}' WHERE id = $1 AND status = 'received'`,
      [unsealed],
    );
    const other = await tellFact(system, paymentFact(quick, completed));
    // One worker takes them all at once.
    await system.start('worker');
    await becomes(system, other, 'applied');
    await becomes(system, broken, 'parked');
    expect(await becomes(system, held, 'received')).toMatchObject({ attempt_count: 1 });
    await locker.query('COMMIT');
    await becomes(system, held, 'applied');
    expect((await readPayment(system, slow.id)).status).toBe('completed');
  });
});
