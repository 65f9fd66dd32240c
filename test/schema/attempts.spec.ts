import type pg from 'pg';
import { completePayment, createPartner, createPayment, failPayment } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { inTransaction, ruleOf } from './support/sessions.js';

describe('the attempts of a transaction', () => {
  let database: ScratchDatabase;
  let client: pg.Client;
  let partner: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    client = await database.connect();
    partner = await createPartner(client);
  });
  afterAll(() => database?.stop());

  const processing = () => createPayment(client, partner, { status: 'processing' });

  const insertAttempt = (session: pg.Client, payment: string, attemptNo = 2) =>
    session.query(
      `INSERT INTO transaction_attempts (transaction_id, partner_id, attempt_no, provider)
       SELECT id, partner_id, $2, 'adyen' FROM transactions WHERE id = $1`,
      [payment, attemptNo],
    );

  const failAttempt = (payment: string, certainty = 'never_sent') =>
    client.query(
      `UPDATE transaction_attempts SET status = 'failed', certainty = $2, finished_at = now()
       WHERE transaction_id = $1`,
      [payment, certainty],
    );

  it('are one at a time: no second one while the first is in flight or processing (F10)', async () => {
    const payment = await processing();
    const rule = 'unique_transaction_attempts_unresolved';
    expect(await ruleOf(insertAttempt(client, payment))).toBe(rule);
    await client.query(
      `UPDATE transaction_attempts SET status = 'processing' WHERE transaction_id = $1`,
      [payment],
    );
    expect(await ruleOf(insertAttempt(client, payment))).toBe(rule);
    await failAttempt(payment);
    expect((await insertAttempt(client, payment)).rowCount).toBe(1);
  });

  it('are never failed while the outcome is unknown', async () => {
    const payment = await processing();
    expect(await ruleOf(failAttempt(payment, 'sent_unconfirmed'))).toBe(
      'check_transaction_attempts_certainty',
    );
  });

  it.each([
    ['pending', 'transaction_attempts_parent_processing'],
    ['completed', 'transaction_attempts_after_success'],
    ['failed', 'transaction_attempts_parent_processing'],
    ['cancelled', 'transaction_attempts_parent_processing'],
  ] as const)('start only while it is processing, not when it is %s', async (status, rule) => {
    const payment = await createPayment(client, partner, { status });
    expect(await ruleOf(insertAttempt(client, payment, 7))).toBe(rule);
  });

  it('do not start beside a success that is being written', async () => {
    const payment = await processing();
    await failAttempt(payment);
    const other = await database.connect();
    await client.query('BEGIN');
    await completePayment(client, payment);
    const attempt = ruleOf(insertAttempt(other, payment));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client.query('COMMIT');
    expect(await attempt).toBe('transaction_attempts_parent_processing');
  });

  it('exist wherever it is processing, at the latest at commit', async () => {
    const insert = () =>
      client.query(
        `INSERT INTO transactions (partner_id, idempotency_key, amount, currency, payment_method,
           provider, status, changed_by)
         VALUES ($1, gen_random_uuid(), 10, 'USD', 'card', 'stripe', 'processing', 'partner')
         RETURNING id`,
        [partner],
      );
    expect(await ruleOf(inTransaction(client, {}, insert))).toBe('transactions_attempts_agree');
    await inTransaction(client, {}, async () => {
      const { rows } = await insert();
      await insertAttempt(client, rows[0].id, 1);
    });
    const pending = await createPayment(client, partner, { status: 'pending' });
    const confirm = `UPDATE transactions SET status = 'processing', changed_by = 'partner' WHERE id = $1`;
    expect(await ruleOf(client.query(confirm, [pending]))).toBe('transactions_attempts_agree');
  });

  it.each(['failed', 'cancelled'])(
    'are all resolved when it is %s, and none of them completed',
    async (status) => {
      const payment = await processing();
      const settle = () =>
        client.query(
          `UPDATE transactions SET status = $2::transaction_status, changed_by = 'provider:stripe',
             failed_at = CASE WHEN $2::text = 'failed' THEN now() END,
             cancelled_at = CASE WHEN $2::text = 'cancelled' THEN now() END WHERE id = $1`,
          [payment, status],
        );
      const setAttempt = (attempt: string) =>
        client.query(
          `UPDATE transaction_attempts SET status = $2, certainty = 'confirmed', finished_at =
             CASE WHEN $2::text <> 'processing' THEN now() END WHERE transaction_id = $1`,
          [payment, attempt],
        );
      expect(await ruleOf(settle())).toBe('transactions_attempts_agree');
      await setAttempt('processing');
      expect(await ruleOf(settle())).toBe('transactions_attempts_agree');
      const takeTheMoney = inTransaction(client, {}, async () => {
        await setAttempt('completed');
        await settle();
      });
      expect(await ruleOf(takeTheMoney)).toMatch(/_agrees?$/);
      await setAttempt('declined');
      expect((await settle()).rowCount).toBe(1);
    },
  );

  it('keep a partner from cancelling: then the provider has to confirm it', async () => {
    const payment = await createPayment(client, partner, { status: 'pending' });
    await client.query('SET session_replication_role = replica');
    await insertAttempt(client, payment, 1);
    await client.query('SET session_replication_role = origin');
    const cancel = `UPDATE transactions SET status = 'cancelled', cancelled_at = now(),
      changed_by = 'partner' WHERE id = $1`;
    expect(await ruleOf(client.query(cancel, [payment]))).toBe('transactions_transition');
  });

  it('allow a late success after a failure, with its evidence', async () => {
    const payment = await processing();
    await failPayment(client, payment);
    await completePayment(client, payment);
    const { rows } = await client.query(
      `SELECT t.status, a.status AS attempt FROM transactions AS t
       JOIN transaction_attempts AS a ON a.transaction_id = t.id WHERE t.id = $1`,
      [payment],
    );
    expect(rows).toEqual([{ status: 'completed', attempt: 'completed' }]);
  });

  it('name each charge of a provider account once, as transactions do (F9, D8)', async () => {
    const payment = await createPayment(client, partner);
    const other = await processing();
    const take = (table: 'transactions' | 'transaction_attempts', column: string) =>
      client.query(`UPDATE ${table} SET provider_transaction_id = $2 WHERE ${column} = $1`, [
        other,
        `pi_${payment}`,
      ]);
    expect(await ruleOf(take('transactions', 'id'))).toBe(
      'unique_transactions_provider_transaction',
    );
    await client.query(
      `UPDATE transaction_attempts SET provider_transaction_id = $2 WHERE transaction_id = $1`,
      [payment, `pi_${payment}`],
    );
    expect(await ruleOf(take('transaction_attempts', 'transaction_id'))).toBe(
      'unique_transaction_attempts_provider_transaction',
    );
    await inTransaction(client, {}, async () => {
      await client.query(
        `UPDATE transaction_attempts SET provider_account = 'second' WHERE transaction_id = $1`,
        [other],
      );
      await client.query(`UPDATE transactions SET provider_account = 'second' WHERE id = $1`, [
        other,
      ]);
    });
    expect((await take('transactions', 'id')).rowCount).toBe(1);
  });

  const moveTo = `UPDATE transactions SET provider = 'adyen', retry_count = retry_count + 1,
    last_sequence = last_sequence + 2, changed_by = 'system' WHERE id = $1`;

  it('are where the payment is: it goes to another provider with a new attempt only', async () => {
    const payment = await processing();
    expect(await ruleOf(client.query(moveTo, [payment]))).toBe('transactions_provider_tried');
    const move = () =>
      inTransaction(client, {}, async () => {
        await client.query(moveTo, [payment]);
        await insertAttempt(client, payment);
      });
    expect(await ruleOf(move())).toBe('unique_transaction_attempts_unresolved');
    await failAttempt(payment);
    await move();
    const jump = `UPDATE transactions SET last_sequence = last_sequence + 2 WHERE id = $1`;
    expect(await ruleOf(client.query(jump, [payment]))).toBe('transactions_sequence_step');
  });

  it('let an earlier provider pay the payment after all, with its attempt, and no other', async () => {
    const payment = await processing();
    await failAttempt(payment);
    await inTransaction(client, {}, async () => {
      await client.query(moveTo, [payment]);
      await insertAttempt(client, payment);
    });
    const pay = (provider: string, id: string) =>
      client.query(
        `UPDATE transactions SET status = 'completed', processed_at = now(),
           provider = $2::text::payment_provider, provider_transaction_id = $3, changed_by = 'provider:' || $2::text WHERE id = $1`,
        [payment, provider, id],
      );
    expect(await ruleOf(pay('paypal', 'order_1'))).toBe('transactions_provider_step');
    expect(await ruleOf(pay('stripe', 'pi_late'))).toBe('transactions_provider_tried');
    await inTransaction(client, {}, async () => {
      await client.query(
        `UPDATE transaction_attempts SET status = 'completed', certainty = 'confirmed',
           provider_transaction_id = 'pi_late' WHERE transaction_id = $1 AND attempt_no = 1`,
        [payment],
      );
      await pay('stripe', 'pi_late');
    });
    const { rows } = await client.query(
      `SELECT string_agg(status, ', ' ORDER BY attempt_no) AS attempts FROM transaction_attempts
       WHERE transaction_id = $1`,
      [payment],
    );
    expect(rows).toEqual([{ attempts: 'completed, in_flight' }]);
  });

  it('are counted as unsent only while nothing is known to be sent', async () => {
    const payment = await processing();
    const unsent = (certainty: string) =>
      client.query(
        `UPDATE transaction_attempts SET sends = 0, certainty = $2 WHERE transaction_id = $1`,
        [payment, certainty],
      );
    expect(await ruleOf(unsent('sent_unconfirmed'))).toBe('check_transaction_attempts_sends');
    expect((await unsent('never_sent')).rowCount).toBe(1);
  });
});
