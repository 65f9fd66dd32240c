import { randomUUID } from 'node:crypto';
import type { ProviderFact } from '../../libs/providers/src/index.js';
import { createPayment, readPayment } from '../factories/payments.js';
import type { List, Payment } from '../factories/payments.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { alertsAbout, becomes, reviewsOf, tellFact, told } from './support/provider-facts.js';

type Dispute = Extract<ProviderFact['subject'], { kind: 'dispute' }>;

interface Event {
  sequence: number;
  event_type: string;
  status: string | null;
  created_by: string;
  provider_response: Record<string, unknown> | null;
}

const options = {
  env: { WORKER_POLL_MS: '50' },
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

  it('about a payment that we know by our mark alone finds it', async () => {
    const payment = await createPayment(system);
    const marked = dispute(payment, {
      ...{ transactionId: payment.id, providerTransactionId: `ch_${randomUUID()}` },
    });
    expect((await told(system, marked, 'applied')).transaction_id).toBe(payment.id);
  });
});
