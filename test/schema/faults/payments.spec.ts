import {
  createSeedPartner,
  createSeedPayment,
  type FaultPair,
  insertSeedRefund,
  startFaultPair,
  valueOf,
} from '../support/fault-pair.js';
import { completePayment, createPartner, createPayment, insertRefund } from '../support/rows.js';
import { ruleOf } from '../support/sessions.js';

let pair: FaultPair;

beforeAll(async () => {
  pair = await startFaultPair();
});
afterAll(() => pair?.stop());

describe('F8: moves that nobody may make', () => {
  it('the seed turns a refunded payment into a pending one of another amount', async () => {
    const payment = await createSeedPayment(pair.seed, pair.seedPartner, { status: 'refunded' });
    await pair.seed.query(
      `UPDATE transactions SET status = 'pending', amount = 1, currency = 'JPY',
         idempotency_key = 'other' WHERE id = $1`,
      [payment],
    );
    const row = `SELECT concat_ws(' ', status, trim_scale(amount), currency) FROM transactions
      WHERE id = $1`;
    expect(await valueOf(pair.seed, row, [payment])).toBe('pending 1 JPY');
  });

  it('the seed could not ask a setting who acts: unset, its NULL passes a plain IF NOT', async () => {
    const allowed = `SELECT CASE WHEN NOT
      (current_setting('app.actor', true) LIKE 'provider:%' OR NULL) THEN 'refused' ELSE 'passed' END`;
    expect(await valueOf(pair.seed, allowed)).toBe('passed');
  });

  it('ours refuses the status, the amount and an actor who is not named', async () => {
    const payment = await createPayment(pair.ours, pair.partner);
    const change = (sql: string) => ruleOf(pair.ours.query(sql, [payment]));
    expect(await change(`UPDATE transactions SET status = 'pending' WHERE id = $1`)).toBe(
      'transactions_transition',
    );
    for (const column of ['amount = 1', `currency = 'JPY'`, `idempotency_key = 'other'`]) {
      const sql = `UPDATE transactions SET ${column} WHERE id = $1`;
      expect(await change(sql)).toBe('transactions_immutable');
    }
    const open = await createPayment(pair.ours, pair.partner, { status: 'processing' });
    const nameless = pair.ours.query(
      `UPDATE transactions SET status = 'completed', processed_at = now(),
         provider_transaction_id = 'pi_' || id WHERE id = $1`,
      [open],
    );
    expect(await ruleOf(nameless)).toBe('transactions_transition');
    await completePayment(pair.ours, open);
  });
});

describe('F9: one charge, two payments', () => {
  it('the seed writes one charge to two partners, and one refund of a provider twice', async () => {
    for (const partner of [pair.seedPartner, await createSeedPartner(pair.seed)]) {
      const payment = await createSeedPayment(pair.seed, partner);
      const charge = `UPDATE transactions SET provider_transaction_id = 'pi_1' WHERE id = $1`;
      await pair.seed.query(charge, [payment]);
      const refund = await insertSeedRefund(pair.seed, payment, { amount: '10' });
      await pair.seed.query(`UPDATE refunds SET provider_refund_id = 're_1' WHERE id = $1`, [
        refund,
      ]);
    }
    const twice = `SELECT (SELECT count(*) FROM transactions WHERE provider_transaction_id = 'pi_1')
      || ' ' || (SELECT count(*) FROM refunds WHERE provider_refund_id = 're_1')`;
    expect(await valueOf(pair.seed, twice)).toBe('2 2');
  });

  it('ours takes each once', async () => {
    const stranger = await createPartner(pair.ours);
    const paid = await createPayment(pair.ours, pair.partner);
    const other = await createPayment(pair.ours, stranger, { status: 'processing' });
    const steal = `UPDATE transactions SET provider_transaction_id = $2 WHERE id = $1`;
    expect(await ruleOf(pair.ours.query(steal, [other, `pi_${paid}`]))).toBe(
      'unique_transactions_provider_transaction',
    );
    const refunds = [
      await insertRefund(pair.ours, paid, { amount: '10' }),
      await insertRefund(pair.ours, paid, { amount: '10' }),
    ];
    const name = `UPDATE refunds SET provider_refund_id = 're_1' WHERE id = $1`;
    expect((await pair.ours.query(name, [refunds[0]])).rowCount).toBe(1);
    expect(await ruleOf(pair.ours.query(name, [refunds[1]]))).toBe(
      'unique_refunds_provider_refund',
    );
  });
});

describe('F10: a payment that was tried at two providers', () => {
  it('the seed overwrites the charge of the first with that of the second', async () => {
    const payment = await createSeedPayment(pair.seed, pair.seedPartner, { status: 'processing' });
    for (const [provider, charge] of [
      ['stripe', 'pi_lost'],
      ['adyen', 'psp_2'],
    ]) {
      await pair.seed.query(
        `UPDATE transactions SET provider = $2, provider_transaction_id = $3 WHERE id = $1`,
        [payment, provider, charge],
      );
    }
    const traces = `SELECT count(*)::int FROM (
        SELECT t::text AS row FROM transactions AS t UNION ALL SELECT e::text FROM transaction_events AS e
      ) AS rows WHERE row LIKE '%' || $1 || '%'`;
    expect(await valueOf<number>(pair.seed, traces, ['pi_lost'])).toBe(0);
    expect(await valueOf<number>(pair.seed, traces, ['psp_2'])).toBe(1);
  });

  it('ours keeps both, and starts no second attempt while the first may still be charged', async () => {
    const payment = await createPayment(pair.ours, pair.partner, { status: 'processing' });
    const fallBack = () =>
      pair.ours.query(
        `INSERT INTO transaction_attempts (transaction_id, partner_id, attempt_no, provider)
         SELECT id, partner_id, 2, 'adyen' FROM transactions WHERE id = $1`,
        [payment],
      );
    expect(await ruleOf(fallBack())).toBe('unique_transaction_attempts_unresolved');
    await pair.ours.query(
      `UPDATE transaction_attempts SET status = 'declined', certainty = 'confirmed',
         provider_transaction_id = 'pi_kept', finished_at = now() WHERE transaction_id = $1`,
      [payment],
    );
    await fallBack();
    const attempts = `SELECT string_agg(concat_ws(' ', provider, provider_transaction_id), ', '
      ORDER BY attempt_no) FROM transaction_attempts WHERE transaction_id = $1`;
    expect(await valueOf(pair.ours, attempts, [payment])).toBe('stripe pi_kept, adyen');
  });
});
