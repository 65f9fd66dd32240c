import type pg from 'pg';
import { createPartner, createPayment, insertRefund, settleRefund } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { outcomeOf, refusalOf, ruleOf, undone } from './support/sessions.js';

const statuses = [
  'pending',
  'processing',
  'completed',
  'failed',
  'cancelled',
  'partially_refunded',
  'refunded',
] as const;
type Status = (typeof statuses)[number];
const actors = ['partner', 'operator:ada', 'system', 'provider:stripe', 'provider:adyen'];

/** Section 3 of the design, for a payment at Stripe. */
const legalMoves: Record<string, string[]> = {
  'pending>processing': ['partner'],
  'pending>cancelled': ['partner', 'operator:ada', 'system'],
  'pending>failed': ['system'],
  'pending>completed': ['provider:stripe'],
  'processing>completed': ['provider:stripe'],
  'processing>failed': ['provider:stripe', 'system'],
  'processing>cancelled': ['provider:stripe'],
  'failed>completed': ['provider:stripe'],
  'cancelled>completed': ['provider:stripe'],
};

describe('the status of a transaction', () => {
  let database: ScratchDatabase;
  let client: pg.Client;
  let partner: string;
  const payments = new Map<Status, string>();

  beforeAll(async () => {
    database = await startScratchDatabase();
    client = await database.connect();
    partner = await createPartner(client);
    for (const status of ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const) {
      payments.set(status, await createPayment(client, partner, { status }));
    }
    for (const [status, amount] of [
      ['partially_refunded', '60'],
      ['refunded', '100'],
    ] as const) {
      const payment = await createPayment(client, partner);
      await settleRefund(client, await insertRefund(client, payment, { amount }), 'completed');
      payments.set(status, payment);
    }
  });
  afterAll(() => database?.stop());

  const move = (id: string | undefined, to: Status, actor: string) =>
    client.query(
      `UPDATE transactions SET status = $2::transaction_status, changed_by = $3, provider_transaction_id =
         COALESCE(provider_transaction_id, 'pi_' || id),
         processed_at = CASE WHEN $2::text IN ('completed', 'partially_refunded', 'refunded') THEN now() END,
         failed_at = CASE WHEN $2::text = 'failed' THEN now() END,
         cancelled_at = CASE WHEN $2::text = 'cancelled' THEN now() END WHERE id = $1`,
      [id, to, actor],
    );

  it.each(statuses)('moves from %s only as the table says, for each actor', async (from) => {
    const others = statuses.filter((to) => to !== from);
    for (const to of others) {
      for (const actor of actors) {
        const legal = legalMoves[`${from}>${to}`]?.includes(actor) ?? false;
        const outcome = await outcomeOf(client, () => move(payments.get(from), to, actor));
        expect({ from, to, actor, outcome }).toEqual({
          from,
          to,
          actor,
          outcome: legal ? 'accepted' : 'transactions_transition',
        });
      }
    }
  });

  it.each(statuses)('begins as %s only for those who may', async (status) => {
    for (const actor of actors) {
      const legal =
        (status === 'pending' && ['partner', 'operator:ada'].includes(actor)) ||
        (status === 'processing' && actor === 'partner');
      const outcome = await outcomeOf(client, () =>
        client.query(
          `INSERT INTO transactions (partner_id, idempotency_key, amount, currency,
               payment_method, provider, status, changed_by)
             VALUES ($1, 'new', 10, 'USD', 'card', 'stripe', $2, $3)`,
          [partner, status, actor],
        ),
      );
      const expected = legal ? 'accepted' : 'transactions_transition';
      expect({ status, actor, outcome }).toEqual({ status, actor, outcome: expected });
    }
  });

  it('of a manual payment is settled by an operator with an evidence reference, by nobody else', async () => {
    const manual = await createPayment(client, partner, {
      status: 'processing',
      provider: 'manual',
    });
    const settle = (to: 'completed' | 'failed', actor: string, evidence: string | null) =>
      outcomeOf(client, () =>
        client.query(
          `UPDATE transactions SET status = $2::transaction_status, changed_by = $3, provider_transaction_id = $4,
               processed_at = CASE WHEN $2::text = 'completed' THEN now() END,
               failed_at = CASE WHEN $2::text = 'failed' THEN now() END WHERE id = $1`,
          [manual, to, actor, evidence],
        ),
      );
    expect(await settle('completed', 'operator:ada', 'bank statement 7')).toBe('accepted');
    expect(await settle('failed', 'operator:ada', 'bank statement 7')).toBe('accepted');
    expect(await settle('completed', 'operator:ada', null)).toBe('transactions_transition');
    expect(await settle('failed', 'operator:ada', null)).toBe('transactions_transition');
    expect(await settle('completed', 'provider:manual', 'x')).toBe('transactions_transition');
    expect(await settle('completed', 'partner', 'x')).toBe('transactions_transition');
  });

  it('does not follow an actor that an earlier change left behind (F8)', async () => {
    const payment = await createPayment(client, partner, { status: 'failed' });
    const change = `UPDATE transactions SET status = 'completed', processed_at = now() WHERE id = $1`;
    expect(await refusalOf(client.query(change, [payment]))).toMatchObject({
      constraint: 'transactions_transition',
      message: 'transaction may not go from failed to completed by system',
    });
  });

  it.each([
    ['amount', '50'],
    ['currency', "'EUR'"],
    ['idempotency_key', "'other'"],
    ['payment_method', "'crypto'"],
    ['created_at', 'now()'],
    ['partner_id', 'gen_random_uuid()'],
    ['last_sequence', '1'],
  ])('comes with a fixed %s (F8)', async (column, value) => {
    const sql = `UPDATE transactions SET ${column} = ${value} WHERE id = $1`;
    const refused = ruleOf(undone(client, () => client.query(sql, [payments.get('refunded')])));
    expect(await refused).toBe('transactions_immutable');
  });

  it.each(['provider', 'provider_account', 'provider_transaction_id'])(
    'keeps the evidence in %s once the money has moved',
    async (column) => {
      const value = column === 'provider' ? 'adyen' : 'other';
      const sql = `UPDATE transactions SET ${column} = '${value}' WHERE id = $1`;
      for (const status of ['completed', 'partially_refunded', 'refunded'] as const) {
        const refused = ruleOf(undone(client, () => client.query(sql, [payments.get(status)])));
        expect(await refused).toBe('transactions_immutable');
      }
    },
  );

  it.each(['amount_refund_reserved = 0', 'amount_refunded = 0'])(
    'comes with refund totals that no statement sets by hand: %s',
    async (change) => {
      const sql = `UPDATE transactions SET ${change} WHERE id = $1`;
      const refused = ruleOf(undone(client, () => client.query(sql, [payments.get('refunded')])));
      expect(await refused).toBe('transactions_refund_totals_derived');
    },
  );

  it('forbids a soft delete while the payment or a refund of it is open (F27)', async () => {
    const remove = (id: string | undefined) =>
      client.query('UPDATE transactions SET deleted_at = now() WHERE id = $1', [id]);
    for (const status of ['pending', 'processing'] as const) {
      expect(await ruleOf(remove(payments.get(status)))).toBe('transactions_soft_delete_open');
    }
    const payment = await createPayment(client, partner);
    const refund = await insertRefund(client, payment);
    expect(await ruleOf(remove(payment))).toBe('transactions_soft_delete_open');
    await settleRefund(client, refund, 'completed');
    expect((await remove(payment)).rowCount).toBe(1);
    expect(await ruleOf(insertRefund(client, payment, { amount: '5' }))).toBe(
      'refunds_transaction_refundable',
    );
  });
});
