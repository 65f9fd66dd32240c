import { randomUUID } from 'node:crypto';
import { createPayment, readPayment } from '../factories/payments.js';
import type { List, Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { asOperator } from './support/operations.js';
import {
  alertsAbout,
  becomes,
  exhaust,
  paymentFact,
  reviewsOf,
  tellFact,
  told,
} from './support/provider-facts.js';

const options = { env: { WORKER_POLL_MS: '50' }, sandboxEnv: { STRIPE_WEBHOOK_URL: '' } };
const usd = (amount: string) => ({ amount, currency: 'USD' });
const declined = {
  status: 'declined',
  code: 'card_declined',
  retry: 'never',
  raw: { code: 'card_declined', message: 'no' },
} as const;

describe('what a provider says of a payment', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem(options);
  });
  afterAll(() => system?.stop());

  /** Waits for its payer: the provider knows it, and nothing is decided. */
  const waiting = () =>
    createPayment(system, {
      ...{ payment_method_token: 'pm_card_authenticationRequired' },
      return_url: 'https://shop.example/thanks',
    });

  async function events(id: string): Promise<string[]> {
    const path = `/v1/transactions/${id}/events`;
    const { body } = await call<List<{ event_type: string }>>(system, 'GET', path);
    return body.data.map((event) => event.event_type);
  }

  const statusOf = async (id: string) => (await readPayment(system, id)).status;

  describe('with an amount', () => {
    it.each([
      ['another amount', usd('10.49')],
      ['another currency', { amount: '10.50', currency: 'EUR' }],
    ])('completes nothing when it is %s, and a person looks at it', async (_name, money) => {
      const payment = await waiting();
      const before = await events(payment.id);
      await told(system, paymentFact(payment, { status: 'completed', money }), 'failed');
      expect(await statusOf(payment.id)).toBe('processing');
      expect(await events(payment.id)).toEqual(before);
      const [item, ...others] = await reviewsOf(system, payment.id);
      expect(others).toEqual([]);
      expect(item).toMatchObject({
        ...{ kind: 'amount_mismatch', status: 'open', occurrences: 1 },
        details: { expected: { amount: '10.5000' }, told: { status: 'completed', ...money } },
      });
    });

    it('is kept beside another one that was told before', async () => {
      const payment = await waiting();
      for (const amount of ['10.49', '10.48', '10.49']) {
        const money = usd(amount);
        await told(system, paymentFact(payment, { status: 'completed', money }), 'failed');
      }
      expect(await reviewsOf(system, payment.id)).toMatchObject([
        {
          occurrences: 3,
          details: { told: { amount: '10.49' }, later: [{ told: { amount: '10.48' } }] },
        },
      ]);
    });

    it('completes it when it is the same amount, however it is written', async () => {
      const payment = await waiting();
      const money = usd('10.5');
      await told(system, paymentFact(payment, { status: 'completed', money }), 'applied');
      expect(await statusOf(payment.id)).toBe('completed');
      expect(await reviewsOf(system, payment.id)).toEqual([]);
    });

    it('fails it whatever the amount is: nothing is taken', async () => {
      const payment = await waiting();
      await told(system, paymentFact(payment, { ...declined, money: usd('0') }), 'applied');
      expect(await statusOf(payment.id)).toBe('failed');
    });
  });

  describe('under a second id', () => {
    it('is a double charge when money was taken, counted while it is open', async () => {
      const payment = await createPayment(system);
      const other = { ...payment, provider_transaction_id: `pi_${randomUUID()}` };
      const fact = paymentFact(other, { status: 'completed', money: usd('10.50') });
      await told(system, fact, 'failed');
      await told(system, fact, 'failed');
      expect(await readPayment(system, payment.id)).toEqual(payment);
      expect(await reviewsOf(system, payment.id)).toMatchObject([
        {
          ...{ kind: 'double_charge', occurrences: 2 },
          details: { second_provider_transaction_id: other.provider_transaction_id },
        },
      ]);
      expect(alertsAbout(system, payment.id)).toMatchObject([
        { alert: 'double_charge', level: 50 },
      ]);
    });

    it('changes nothing when none was taken', async () => {
      const payment = await createPayment(system);
      const other = { ...payment, provider_transaction_id: `pi_${randomUUID()}` };
      const { last_error: note } = await told(system, paymentFact(other, declined), 'ignored');
      expect(note).toContain(other.provider_transaction_id);
      expect(await readPayment(system, payment.id)).toEqual(payment);
      expect(await reviewsOf(system, payment.id)).toEqual([]);
    });
  });

  describe('too late', () => {
    async function comesLate(payment: Payment, from: string): Promise<void> {
      expect(payment.status).toBe(from);
      await told(system, paymentFact(payment, { status: 'completed' }), 'applied');
      const text = 'SELECT status::text FROM transactions WHERE id = $1';
      const rows = await queryOnce(system.database.admin, text, [payment.id]);
      expect(rows).toEqual([{ status: 'completed' }]);
      expect(await reviewsOf(system, payment.id)).toMatchObject([
        { kind: 'late_success', details: { from } },
      ]);
      expect(alertsAbout(system, payment.id)).toHaveLength(1);
    }

    const declinedPayment = () =>
      createPayment(system, { payment_method_token: 'pm_card_visa_chargeDeclined' });

    it('completes a payment that failed, with an alert', async () => {
      const payment = await declinedPayment();
      await comesLate(payment, 'failed');
      expect(await events(payment.id)).toEqual(['created', 'payment_failed', 'payment_completed']);
    });

    it('completes a payment that was cancelled, with an alert', async () => {
      const payment = await waiting();
      await told(system, paymentFact(payment, { status: 'cancelled' }), 'applied');
      const cancelled = await readPayment(system, payment.id);
      expect(cancelled.cancelled_at).not.toBeNull();
      await comesLate(cancelled, 'cancelled');
    });

    it('completes a payment that operations have hidden, with an alert', async () => {
      const payment = await declinedPayment();
      const path = `/transactions/${payment.id}?reason=test`;
      expect((await asOperator(system, 'DELETE', path)).status).toBe(204);
      await comesLate(payment, 'failed');
    });

    it('never undoes a success, and alarms nobody when it is from before', async () => {
      const payment = await createPayment(system);
      for (const outcome of [declined, { status: 'processing' }] as const) {
        const fact = await tellFact(system, paymentFact(payment, outcome));
        expect((await becomes(system, fact, 'ignored')).transaction_id).toBe(payment.id);
      }
      expect(await readPayment(system, payment.id)).toEqual(payment);
      expect(await reviewsOf(system, payment.id)).toEqual([]);
    });

    it('never sends the payer back to a page that is behind him', async () => {
      const payment = await waiting();
      expect(payment.next_action).not.toBeNull();
      const nextAction = { type: 'redirect', url: 'https://provider.example/old' } as const;
      await told(system, paymentFact(payment, { status: 'processing' }), 'applied');
      await told(
        system,
        paymentFact(payment, { status: 'requires_action', nextAction }),
        'ignored',
      );
      const { status, next_action: next } = await readPayment(system, payment.id);
      expect([status, next]).toEqual(['processing', null]);
    });
  });

  it('in a word that nobody knows changes nothing, and a person looks it up', async () => {
    const payment = await waiting();
    const fact = paymentFact(payment, { status: 'processing', unmapped: 'on_the_moon' });
    await told(system, fact, 'applied');
    expect(await statusOf(payment.id)).toBe('processing');
    expect(await reviewsOf(system, payment.id)).toMatchObject([
      { kind: 'unmapped_status', details: { status: 'on_the_moon' } },
    ]);
  });

  it('that its payer approved lets the worker go on at once', async () => {
    const payment = await waiting();
    await told(system, paymentFact(payment, { status: 'processing', resumable: true }), 'applied');
    const text = `SELECT sync_count > 0 OR next_sync_at < now() + interval '10 s' AS soon
      FROM transactions WHERE id = $1`;
    expect(await queryOnce(system.database.admin, text, [payment.id])).toEqual([{ soon: true }]);
  });

  describe('that nobody here knows', () => {
    const unknown = (mark?: string) => {
      const subject = paymentFact(
        { id: '', provider_transaction_id: null },
        { status: 'completed' },
      );
      return { ...subject, transactionId: mark } as typeof subject;
    };

    it.each([[undefined], ['order-17'], ['']])('with the mark %p is ignored', async (mark) => {
      const { transaction_id: found } = await told(system, unknown(mark), 'ignored');
      expect(found).toBeNull();
    });

    it('with a mark like ours is tried again, and ends before a person', async () => {
      const id = await tellFact(system, unknown(randomUUID()));
      await becomes(system, id, 'parked');
      await exhaust(system, id, 39);
      expect((await becomes(system, id, 'failed')).attempt_count).toBe(40);
      const text = `SELECT * FROM review_items WHERE provider_webhook_id = $1`;
      const rows = await queryOnce(system.database.admin, text, [id]);
      expect(rows).toMatchObject([{ kind: 'webhook_failed', partner_id: null, status: 'open' }]);
      expect(alertsAbout(system, id)).toMatchObject([{ alert: 'webhook_failed' }]);
    });

    it('at another account is not the payment of this one', async () => {
      const payment = await waiting();
      const id = await tellFact(system, paymentFact(payment, { status: 'completed' }), {
        account: 'eu',
      });
      await becomes(system, id, 'failed');
      expect(await statusOf(payment.id)).toBe('processing');
      expect(await reviewsOf(system, payment.id)).toMatchObject([{ kind: 'double_charge' }]);
    });
  });
});
