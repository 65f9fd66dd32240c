import type pg from 'pg';
import { createPartner, createPayment, failPayment, insertRefund } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { inTransaction, outcomeOf, ruleOf } from './support/sessions.js';

const later = `INSERT INTO transaction_attempts (transaction_id, partner_id, attempt_no, provider)
  SELECT id, partner_id, 2, provider FROM transactions WHERE id = $1`;
const attempt = (set: string) => `UPDATE transaction_attempts SET ${set} WHERE transaction_id = $1`;
const success = `status = 'completed', certainty = 'confirmed', finished_at = now()`;

describe.each(['payments_api', 'payments_worker'] as const)('evidence, against %s', (role) => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let login: pg.Client;
  let partner: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    login = await database.connect(role);
    partner = await createPartner(owner);
  });
  afterAll(() => database?.stop());

  const run = (text: string, values: unknown[], actor = 'system') =>
    inTransaction(login, { partners: [partner], actor }, () => login.query(text, values));

  it('no attempt takes the money while the payment says otherwise', async () => {
    const id = await createPayment(owner, partner, { status: 'processing' });
    expect(await ruleOf(run(attempt(success), [id]))).toBe('transaction_attempts_success_agrees');
    const failed = await createPayment(owner, partner, { status: 'failed' });
    const text = attempt(`${success}, provider_transaction_id = 'pi_late'`);
    expect(await ruleOf(run(text, [failed]))).toBe('transaction_attempts_success_agrees');
  });

  it('no attempt follows a success, one follows a failure', async () => {
    const taken = await createPayment(owner, partner);
    await owner.query(`SET session_replication_role = 'replica'`);
    await owner.query(
      `UPDATE transactions SET status = 'processing', processed_at = NULL WHERE id = $1`,
      [taken],
    );
    await owner.query(`SET session_replication_role = 'origin'`);
    expect(await ruleOf(run(later, [taken]))).toBe('transaction_attempts_after_success');
    const id = await createPayment(owner, partner, { status: 'processing' });
    const end = `status = 'failed', certainty = 'never_sent', finished_at = now()`;
    await run(attempt(end), [id]);
    expect((await run(later, [id])).rowCount).toBe(1);
  });

  it.each([
    ['undone', `status = 'failed', certainty = 'never_sent'`, 'transaction_attempts_transition'],
    ['opened again', `status = 'in_flight', finished_at = NULL`, 'transaction_attempts_transition'],
    ['moved in time', `finished_at = now() - interval '1 day'`, 'transaction_attempts_immutable'],
  ])('a success is not %s', async (_what, change, rule) => {
    const id = await createPayment(owner, partner);
    expect(await ruleOf(run(attempt(change), [id]))).toBe(rule);
  });

  it('a decline is not opened again, and keeps the id of the provider', async () => {
    const id = await createPayment(owner, partner, { status: 'processing' });
    await owner.query(attempt(`provider_transaction_id = 'pi_1'`), [id]);
    await failPayment(owner, id);
    const open = attempt(`status = 'in_flight', finished_at = NULL, certainty = 'never_sent'`);
    expect(await ruleOf(run(open, [id]))).toBe('transaction_attempts_transition');
    const forget = attempt('provider_transaction_id = NULL');
    expect(await ruleOf(run(forget, [id]))).toBe('transaction_attempts_immutable');
  });

  describe.each(['transaction_attempts', 'refunds'] as const)('what is known of %s', (table) => {
    const change = (set: string) => `UPDATE ${table} SET ${set} WHERE transaction_id = $1`;

    async function sent(): Promise<string> {
      if (table === 'transaction_attempts') {
        return createPayment(owner, partner, { status: 'processing' });
      }
      const id = await createPayment(owner, partner);
      await insertRefund(owner, id, { status: 'processing' });
      return id;
    }

    it.each([
      ['the word of the provider, for a guess', `certainty = 'confirmed'`, 'sent_unconfirmed', 1],
      ['the word of the provider, for nothing', `certainty = 'confirmed'`, 'never_sent', 0],
      ['a second call, for none', 'sends = 2', 'never_sent', 0],
      ['a second call, for none that arrived', 'sends = 2', 'never_sent', 2],
      ['a second call, for one', 'sends = 2', 'sent_unconfirmed', 1],
    ])('does not become less: %s', async (_what, known, certainty, sends) => {
      const id = await sent();
      await run(change(known), [id]);
      const less = change(`certainty = '${certainty}', sends = ${sends}`);
      expect(await ruleOf(run(less, [id]))).toBe(`${table}_certainty`);
    });

    it('may turn out to be that the only call never left', async () => {
      const unsent = change(`certainty = 'never_sent', sends = 0`);
      expect((await run(unsent, [await sent()])).rowCount).toBe(1);
      const guess = run(change('sends = 0'), [await sent()]);
      expect(await ruleOf(guess)).toBe(`check_${table}_sends`);
    });
  });

  it('a provider tells of its own refund by its id only', async () => {
    const id = await createPayment(owner, partner);
    const refund = (providerRefundId: string | null) =>
      outcomeOf(login, async () => {
        await login.query(`SELECT set_config('app.current_partner_id', $1, true)`, [partner]);
        return login.query(
          `INSERT INTO refunds (transaction_id, partner_id, idempotency_key, amount, currency, reason,
             status, certainty, provider, provider_refund_id, changed_by)
           VALUES ($1, $2, gen_random_uuid(), 5000, 'USD', 'dashboard', 'pending',
             'sent_unconfirmed', 'stripe', $3, 'provider:stripe')`,
          [id, partner, providerRefundId],
        );
      });
    expect(await refund(null)).toBe('refunds_told_by_id');
    expect(await refund('re_1')).toBe('accepted');
  });

  it('no number of an event is left out, and no other provider tells the outcome', async () => {
    const id = await createPayment(owner, partner, { status: 'processing', provider: 'manual' });
    const jump = 'UPDATE transactions SET last_sequence = last_sequence + 2 WHERE id = $1';
    expect(await ruleOf(run(jump, [id]))).toBe('transactions_sequence_step');
    const turned = `UPDATE transactions SET provider = 'adyen', status = 'completed',
      processed_at = now(), provider_transaction_id = 'psp_1' WHERE id = $1`;
    expect(await ruleOf(run(turned, [id], 'provider:adyen'))).toBe('transactions_provider_step');
  });

  it('an answer that was given stands', async () => {
    const id = await createPayment(owner, partner);
    await owner.query(
      `INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint, resource_type,
         resource_id, http_status, response, response_hash)
       VALUES ($1, 'POST', gen_random_uuid(), '{}', repeat('0', 64), 'transaction', $2, 201, 'k1.a', repeat('a', 64))`,
      [partner, id],
    );
    for (const change of [
      `response = 'k1.b', response_hash = repeat('b', 64)`,
      'http_status = 422',
      'http_status = NULL, response = NULL, response_hash = NULL',
      `resource_id = '${partner}'`,
      `expires_at = now() - interval '1 day'`,
    ]) {
      const text = `UPDATE idempotency_keys SET ${change} WHERE resource_id = $1`;
      expect({ change, rule: await ruleOf(run(text, [id])) }).toEqual({
        ...{ change, rule: 'idempotency_keys_answered' },
      });
    }
  });

  it('no operator speaks through it, and an event of its own names no status', async () => {
    const id = await createPayment(owner, partner, { status: 'processing', provider: 'manual' });
    const completed = `UPDATE transactions SET status = 'completed', processed_at = now(),
      provider_transaction_id = 'receipt 1' WHERE id = $1`;
    expect(await ruleOf(run(completed, [id], 'operator:ghost'))).toBe('42501');
    const event = (status: string | null) =>
      run(
        `INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type, status)
         VALUES ($1, $2, 3, 'payment_initiated', $3)`,
        [id, partner, status],
      );
    expect(await ruleOf(event('refunded'))).toBe('42501');
    expect((await event(null)).rowCount).toBe(1);
  });
});
