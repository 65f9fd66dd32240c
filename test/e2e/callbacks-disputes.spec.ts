import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { ProviderFact } from '../../libs/providers/src/index.js';
import { createPayment, readPayment } from '../factories/payments.js';
import type { List, Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { alertsAbout, becomes, reviewsOf, tellFact, told } from './support/provider-facts.js';
import { until } from './support/until.js';

type Dispute = Extract<ProviderFact['subject'], { kind: 'dispute' }>;

interface Event {
  sequence: number;
  event_type: string;
  status: string | null;
  created_by: string;
  provider_response: Record<string, unknown> | null;
}

const options = {
  env: { WORKER_POLL_MS: '50', LOCK_TIMEOUT_MS: '9000' },
  worker: 2,
  sandboxEnv: { STRIPE_WEBHOOK_URL: '' },
};

describe('what a provider says of a dispute', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem(options);
  });
  afterAll(() => system?.stop());

  const dispute = (payment: Payment, changes: Partial<Dispute> = {}): Dispute => ({
    kind: 'dispute',
    providerTransactionId: payment.provider_transaction_id ?? '',
    providerDisputeId: `dp_${randomUUID()}`,
    phase: 'opened',
    reason: 'fraudulent',
    money: { amount: '10.50', currency: 'USD' },
    ...changes,
  });

  async function events(id: string): Promise<Event[]> {
    const path = `/v1/transactions/${id}/events`;
    return (await call<List<Event>>(system, 'GET', path)).body.data;
  }

  it('is an event of the payment with its amount, and an alert; the status stays', async () => {
    const payment = await createPayment(system);
    const opened = dispute(payment);
    const webhook = await told(system, opened, 'applied');
    expect(webhook.transaction_id).toBe(payment.id);
    expect((await events(payment.id)).at(-1)).toMatchObject({
      ...{ sequence: 3, event_type: 'dispute_opened', status: null },
      created_by: 'provider:stripe',
      provider_response: {
        ...{ dispute_id: opened.providerDisputeId, reason: 'fraudulent' },
        ...{ amount: '10.50', currency: 'USD' },
      },
    });
    expect(await readPayment(system, payment.id)).toEqual(payment);
    expect(await reviewsOf(system, payment.id)).toMatchObject([
      { kind: 'dispute', details: { phase: 'opened', amount: '10.50', currency: 'USD' } },
    ]);
    expect(alertsAbout(system, payment.id)).toMatchObject([{ alert: 'dispute' }]);
  });

  it.each(['won', 'lost'] as const)('tells that it was %s, and changes nothing', async (phase) => {
    const payment = await createPayment(system);
    const opened = dispute(payment);
    await told(system, opened, 'applied');
    await told(system, { ...opened, phase }, 'applied');
    const types = (await events(payment.id)).map((event) => event.event_type);
    expect(types.slice(-2)).toEqual(['dispute_opened', `dispute_${phase}`]);
    expect(await readPayment(system, payment.id)).toEqual(payment);
    expect(await reviewsOf(system, payment.id)).toHaveLength(2);
  });

  it('is told once for each dispute and phase, with numbers that leave no gap', async () => {
    const payment = await createPayment(system);
    const [one, other] = [dispute(payment), dispute(payment)];
    const facts = [one, one, one, other, { ...one, phase: 'won' as const }, other, one];
    const ids = await Promise.all(facts.map((fact) => tellFact(system, fact)));
    await Promise.all(ids.map((id) => becomes(system, id, /applied|ignored/)));
    const found = await events(payment.id);
    expect(found.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
    const said = found.slice(2).map((event) => {
      return `${event.event_type} ${String(event.provider_response?.['dispute_id'])}`;
    });
    expect(new Set(said)).toEqual(
      new Set([
        `dispute_opened ${one.providerDisputeId}`,
        `dispute_opened ${other.providerDisputeId}`,
        `dispute_won ${one.providerDisputeId}`,
      ]),
    );
  });

  it('is told once when two workers come to it at the same time', async () => {
    const payment = await createPayment(system);
    const opened = dispute(payment);
    const locker = new pg.Client({ connectionString: system.database.admin });
    await locker.connect();
    await locker.query('BEGIN');
    await locker.query('SELECT 1 FROM transactions WHERE id = $1 FOR UPDATE', [payment.id]);
    const ids: string[] = [];
    const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND usename = 'payments_worker' AND wait_event_type = 'Lock'`;
    for (const count of [1, 2]) {
      ids.push(await tellFact(system, opened));
      const ask = () => queryOnce<{ n: number }>(system.database.admin, waiting);
      await until(`${count} to wait`, ask, ([row]) => row?.n === count, 4_000);
    }
    await locker.query('COMMIT');
    await locker.end();
    for (const id of ids) await becomes(system, id, 'applied');
    const types = (await events(payment.id)).map((event) => event.event_type);
    expect(types.filter((type) => type === 'dispute_opened')).toHaveLength(1);
  });

  it('about a payment that we know by our mark alone finds it', async () => {
    const payment = await createPayment(system);
    const marked = dispute(payment, {
      ...{ transactionId: payment.id, providerTransactionId: `ch_${randomUUID()}` },
    });
    expect((await told(system, marked, 'applied')).transaction_id).toBe(payment.id);
  });
});
