import type pg from 'pg';
import {
  createPartner,
  createPayment,
  insertRefund,
  settleRefund,
  totalsOf,
} from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { refusalOf, ruleOf } from './support/sessions.js';

describe('refunds', () => {
  let database: ScratchDatabase;
  let client: pg.Client;
  let partner: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    client = await database.connect();
    partner = await createPartner(client);
  });
  afterAll(() => database?.stop());

  const paid = () => createPayment(client, partner);

  it('count while they are pending: a second 60 of 100 is refused and says what is left (F1)', async () => {
    const payment = await paid();
    await insertRefund(client, payment);
    expect(await refusalOf(insertRefund(client, payment))).toMatchObject({
      code: '23514',
      constraint: 'refunds_within_amount',
      detail: 'refundable=40.0000',
    });
    await insertRefund(client, payment, { amount: '40' });
    expect(await totalsOf(client, payment)).toMatchObject({ reserved: '100', sum: '100' });
  });

  it('of one payment in one statement are counted together', async () => {
    const payment = await paid();
    const both = client.query(
      `INSERT INTO refunds (transaction_id, partner_id, idempotency_key, amount, currency, reason,
         provider, changed_by)
       SELECT id, partner_id, n, 60, currency, 'twice', provider, 'partner'
       FROM transactions, (VALUES ('one'), ('two')) AS keys (n) WHERE id = $1`,
      [payment],
    );
    expect(await ruleOf(both)).toBe('check_transactions_refund_reserved');
    expect(await totalsOf(client, payment)).toMatchObject({ reserved: '0', sum: '0' });
  });

  it('reserve nothing when ON CONFLICT DO NOTHING drops the row', async () => {
    const payment = await paid();
    const insert = () =>
      client.query(
        `INSERT INTO refunds (transaction_id, partner_id, idempotency_key, amount, currency, reason,
           provider, changed_by)
         SELECT id, partner_id, 'once ' || id, 30, currency, 'again', provider, 'partner'
         FROM transactions WHERE id = $1 ON CONFLICT DO NOTHING`,
        [payment],
      );
    expect((await insert()).rowCount).toBe(1);
    expect((await insert()).rowCount).toBe(0);
    expect(await totalsOf(client, payment)).toMatchObject({ reserved: '30', sum: '30' });
  });

  it('can be recorded as completed and as failed when nothing is left (F3)', async () => {
    const payment = await paid();
    const first = await insertRefund(client, payment);
    const second = await insertRefund(client, payment, { amount: '40' });
    await settleRefund(client, first, 'completed');
    await settleRefund(client, second, 'failed');
    expect(await totalsOf(client, payment)).toEqual({
      status: 'partially_refunded',
      reserved: '60',
      refunded: '60',
      sum: '60',
    });
  });

  it('made in the dashboard of the provider are recorded beyond the amount and flagged (F3)', async () => {
    const payment = await paid();
    await insertRefund(client, payment);
    const fact = { amount: '70', status: 'completed', by: 'provider:stripe' } as const;
    const refund = await insertRefund(client, payment, fact);
    const { rows } = await client.query('SELECT refund_excess FROM refunds WHERE id = $1', [
      refund,
    ]);
    expect(rows).toEqual([{ refund_excess: '30.0000' }]);
    expect(await totalsOf(client, payment)).toEqual({
      status: 'partially_refunded',
      reserved: '100',
      refunded: '40',
      sum: '100',
    });
    const again = await insertRefund(client, payment, fact);
    await settleRefund(client, again, 'failed');
    expect(await totalsOf(client, payment)).toMatchObject({ reserved: '100', sum: '100' });
  });

  it('that fail free nothing that a refund beyond the amount has already paid back (F3)', async () => {
    const payment = await paid();
    const first = await insertRefund(client, payment);
    const second = await insertRefund(client, payment, { amount: '10' });
    const fact = { amount: '70', status: 'completed', by: 'provider:stripe' } as const;
    const beyond = await insertRefund(client, payment, fact);
    const shrink = 'UPDATE refunds SET refund_excess = 0 WHERE id = $1';
    expect(await ruleOf(client.query(shrink, [beyond]))).toBe('refunds_immutable');
    const worker = await database.connect('payments_worker');
    await settleRefund(worker, first, 'failed');
    expect(await totalsOf(client, payment)).toEqual({
      status: 'partially_refunded',
      reserved: '80',
      refunded: '70',
      sum: '80',
    });
    expect(await refusalOf(insertRefund(client, payment))).toMatchObject({
      detail: 'refundable=20.0000',
    });
    await settleRefund(worker, second, 'failed');
    expect(await totalsOf(client, payment)).toMatchObject({ reserved: '70', sum: '70' });
  });

  it('have an excess only where a provider says so', async () => {
    const payment = await paid();
    const wish = { amount: '160', excess: '60' };
    expect(await ruleOf(insertRefund(client, payment, wish))).toBe('refunds_excess_by_provider');
    await insertRefund(client, payment, { ...wish, amount: '100', by: 'provider:stripe' });
    expect(await totalsOf(client, payment)).toMatchObject({ reserved: '100', sum: '100' });
  });

  it.each(['pending', 'processing', 'failed', 'cancelled'] as const)(
    'of a payment that is %s are refused (F5)',
    async (status) => {
      const payment = await createPayment(client, partner, { status });
      expect(await ruleOf(insertRefund(client, payment))).toBe('refunds_transaction_refundable');
      const fact = { status: 'completed', by: 'provider:stripe' } as const;
      expect(await ruleOf(insertRefund(client, payment, fact))).toBe(
        'refunds_transaction_refundable',
      );
    },
  );

  it.each([
    ['another currency (F5)', { currency: 'EUR' }, 'refunds_currency_match'],
    ['another provider', { provider: 'adyen' }, 'refunds_provider_match'],
    ['too fine a scale (F11)', { amount: '10.001' }, 'refunds_amount_scale'],
    ['zero', { amount: '0' }, 'check_refund_amount_positive'],
    ['less than zero', { amount: '-1' }, 'check_refund_amount_positive'],
    ['NaN (F11)', { amount: 'NaN' }, 'refunds_within_amount'],
    ['NaN from a provider', { amount: 'NaN', by: 'provider:stripe' }, 'refunds_within_amount'],
  ])('in %s are refused', async (_what, wish, rule) => {
    const payment = await paid();
    const refused = await ruleOf(insertRefund(client, payment, wish));
    expect([rule, 'refunds_amount_check']).toContain(refused);
    expect(await totalsOf(client, payment)).toMatchObject({ reserved: '0', sum: '0' });
  });

  it('of another partner are refused even by a role that sees both (F4)', async () => {
    const payment = await paid();
    const stranger = await createPartner(client);
    expect(await refusalOf(insertRefund(client, payment, { partnerId: stranger }))).toMatchObject({
      code: '23503',
      constraint: 'refunds_transaction_visible',
    });
  });

  it('have a key that is used once (F6)', async () => {
    const payment = await paid();
    const refund = await insertRefund(client, payment, { amount: '10' });
    const again = client.query(
      `INSERT INTO refunds (transaction_id, partner_id, idempotency_key, amount, currency, reason,
         provider, changed_by)
       SELECT transaction_id, partner_id, idempotency_key, 10, currency, reason, provider, 'partner'
       FROM refunds WHERE id = $1`,
      [refund],
    );
    expect(await ruleOf(again)).toBe('unique_refunds_partner_idempotency');
    expect(await totalsOf(client, payment)).toMatchObject({ reserved: '10', sum: '10' });
  });

  it('move the payment both ways: completed, partially refunded, refunded and back (F7)', async () => {
    const payment = await paid();
    const first = await insertRefund(client, payment);
    const second = await insertRefund(client, payment, { amount: '40' });
    const statuses = [(await totalsOf(client, payment)).status];
    const moves = [
      [first, 'completed'],
      [second, 'completed'],
      [first, 'failed'],
      [second, 'failed'],
    ] as const;
    for (const [refund, status] of moves) {
      await settleRefund(client, refund, status);
      statuses.push((await totalsOf(client, payment)).status);
    }
    expect(statuses).toEqual([
      'completed',
      'partially_refunded',
      'refunded',
      'partially_refunded',
      'completed',
    ]);
    expect(await totalsOf(client, payment)).toMatchObject({ reserved: '0', refunded: '0' });
  });

  it('that were deleted still count, and open ones can not be deleted (F27)', async () => {
    const payment = await paid();
    const refund = await insertRefund(client, payment);
    const remove = () =>
      client.query('UPDATE refunds SET deleted_at = now() WHERE id = $1', [refund]);
    expect(await ruleOf(remove())).toBe('refunds_soft_delete_open');
    await settleRefund(client, refund, 'completed');
    await remove();
    expect(await ruleOf(insertRefund(client, payment))).toBe('refunds_within_amount');
  });

  it.each([
    'amount = 1',
    "currency = 'EUR'",
    'refund_excess = 1',
    "idempotency_key = 'x'",
    "provider = 'adyen'",
  ])('keep what they were made with: %s is refused', async (change) => {
    const refund = await insertRefund(client, await paid());
    const sql = `UPDATE refunds SET ${change} WHERE id = $1`;
    expect(await ruleOf(client.query(sql, [refund]))).toBe('refunds_immutable');
  });
});
