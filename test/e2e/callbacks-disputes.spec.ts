import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { ProviderFact } from '../../libs/providers/src/index.js';
import { letterAbout, sendLetter, type Letter } from '../faults/support/letters.js';
import { createPayment, readPayment } from '../factories/payments.js';
import type { List, Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import {
  alertsAbout,
  becomes,
  reviewsOf,
  tellFact,
  told as tell,
} from './support/provider-facts.js';
import {
  charges,
  closeDispute,
  holdWebhooks,
  openDispute,
  releaseWebhooks,
  sentWebhooks,
  type SentWebhook,
} from './support/sandbox.js';
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
  sandboxEnv: { SANDBOX_SETTLE_MS: '20' },
};

/** What is disputed by webhooks that come ten times, and what is paid without an answer. */
const providers = [
  {
    provider: 'stripe',
    currency: 'USD',
    token: 'pm_sandbox_duplicate_webhooks',
    lost: 'pm_sandbox_garbage_body',
    opened: 'charge.dispute.created',
    reason: 'fraudulent',
    early: 'parked',
    eventIdOf: idOf,
  },
  {
    provider: 'adyen',
    currency: 'EUR',
    token: 'shopper/duplicate_webhooks',
    lost: 'shopper/garbage_body',
    opened: 'NOTIFICATION_OF_CHARGEBACK',
    reason: 'Other Fraud-Card Absent Environment',
    early: 'applied',
    eventIdOf: (_: Letter, dispute: string) => `${dispute}:NOTIFICATION_OF_CHARGEBACK:true`,
  },
  {
    provider: 'paypal',
    currency: 'USD',
    token: 'sandbox-paypal-duplicate-webhooks',
    lost: 'sandbox-paypal-garbage-body',
    opened: 'CUSTOMER.DISPUTE.CREATED',
    reason: 'UNAUTHORISED',
    early: 'applied',
    eventIdOf: idOf,
  },
] as const;

function idOf({ payload }: Letter): string {
  return (JSON.parse(payload ?? '') as { id: string }).id;
}

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

  /** Until nothing is on its way any more, and nothing waits. */
  async function allApplied(): Promise<SentWebhook[]> {
    const sent = await until(
      'all to arrive',
      () => sentWebhooks(system),
      (all) => all.every(({ status }) => status === 'delivered'),
    );
    const waiting = `SELECT event_type FROM provider_webhooks
      WHERE status IN ('received', 'parked', 'failed')`;
    const ask = () => queryOnce(system.database.admin, waiting);
    await until('all to be applied', ask, (rows) => rows.length === 0, 20_000);
    return sent;
  }

  const disputesOf = async (id: string): Promise<Event[]> =>
    (await events(id)).filter(({ event_type: type }) => type.startsWith('dispute_'));

  const told = (id: string, type: string) =>
    until(
      type,
      () => disputesOf(id),
      (found) => found.at(-1)?.event_type === type,
    );

  describe.each(providers)('at $provider, by its own webhooks', (at) => {
    const { provider, currency, reason, opened } = at;
    afterEach(() => releaseWebhooks(system));

    it.each(['won', 'lost'] as const)(
      'is an event, an alert and a review item when it opens and when it is %s, each once; the status stays',
      async (phase) => {
        const fields = { provider, currency, payment_method_token: at.token };
        const payment = await createPayment(system, fields);
        const paymentId = payment.provider_transaction_id ?? '';
        const id = await openDispute(system, provider, paymentId, 400);
        await told(payment.id, 'dispute_opened');
        await closeDispute(system, provider, id, phase);
        await told(payment.id, `dispute_${phase}`);
        const sent = (await allApplied()).filter(
          ({ object_id: of }) => of === id || of === paymentId,
        );
        expect(sent.filter(({ type }) => type === opened)).toHaveLength(1);
        for (const { attempts } of sent) expect(attempts).toBeGreaterThanOrEqual(10);
        const details = { dispute_id: id, reason, amount: '4.00', currency };
        const event = { status: null, created_by: `provider:${provider}` };
        expect(await disputesOf(payment.id)).toMatchObject([
          { ...event, event_type: 'dispute_opened', provider_response: details },
          { ...event, event_type: `dispute_${phase}`, provider_response: details },
        ]);
        const sequences = (await events(payment.id)).map(({ sequence }) => sequence);
        expect(sequences).toEqual(sequences.map((_, index) => index + 1));
        expect(await readPayment(system, payment.id)).toEqual(payment);
        const item = { kind: 'dispute', status: 'open', provider };
        expect(await reviewsOf(system, payment.id)).toMatchObject([
          { ...item, details: { phase: 'opened', ...details } },
          { ...item, details: { phase, ...details } },
        ]);
        const alert = { alert: 'dispute', provider };
        expect(alertsAbout(system, payment.id)).toMatchObject([alert, alert]);
      },
    );

    it(`is ${at.early} when it comes before the payment's own webhook, and told once`, async () => {
      await holdWebhooks(system);
      const fields = { provider, currency, payment_method_token: at.lost };
      const payment = await createPayment(system, fields);
      expect(payment).toMatchObject({ status: 'processing', provider_transaction_id: null });
      const [charge] = await charges(system, payment.id);
      const id = await openDispute(system, provider, charge?.id ?? '', 400);
      const letter = await letterAbout(system, { id }, opened);
      expect(await sendLetter(letter)).toBe(200);
      const text = 'SELECT id FROM provider_webhooks WHERE provider_event_id = $1';
      const eventId = at.eventIdOf(letter, id);
      const [webhook] = await queryOnce<{ id: string }>(system.database.admin, text, [eventId]);
      await becomes(system, webhook?.id ?? '', at.early);
      expect(await disputesOf(payment.id)).toHaveLength(at.early === 'parked' ? 0 : 1);
      expect((await readPayment(system, payment.id)).status).toBe('processing');
      await releaseWebhooks(system);
      const applied = await becomes(system, webhook?.id ?? '', 'applied');
      expect(applied.transaction_id).toBe(payment.id);
      await allApplied();
      expect((await readPayment(system, payment.id)).status).toBe('completed');
      expect(await disputesOf(payment.id)).toMatchObject([
        { event_type: 'dispute_opened', provider_response: { dispute_id: id, amount: '4.00' } },
      ]);
    });
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
    expect((await tell(system, marked, 'applied')).transaction_id).toBe(payment.id);
  });
});
