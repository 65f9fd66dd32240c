import { randomUUID } from 'node:crypto';
import type pg from 'pg';

const randomPrefix = () => randomUUID().slice(0, 8);

/** Makes a partner and its first key in one statement, as the operations API does. */
export async function createPartner(client: pg.Client): Promise<string> {
  const prefix = randomPrefix();
  const result = await client.query<{ id: string }>(
    `WITH p AS (
       INSERT INTO partners (name, email, api_key_hash, api_key_prefix)
       VALUES ('Shop', $1 || '@example.com', $1 || '-hash', $1) RETURNING id),
     k AS (
       INSERT INTO partner_api_keys (partner_id, prefix, hash) SELECT id, $1, $1 || '-hash' FROM p)
     SELECT id FROM p`,
    [prefix],
  );
  return result.rows[0].id;
}

export interface PaymentWish {
  status?: 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled';
  amount?: string;
  currency?: string;
  provider?: 'stripe' | 'manual';
}

/** Makes a payment in a status by legal moves only; run as a superuser. */
export async function createPayment(
  client: pg.Client,
  partnerId: string,
  wish: PaymentWish = {},
): Promise<string> {
  const { status = 'completed', amount = '100', currency = 'USD', provider = 'stripe' } = wish;
  const started = status !== 'pending' && status !== 'cancelled';
  const result = await client.query<{ id: string }>(
    `WITH t AS (
       INSERT INTO transactions (partner_id, idempotency_key, amount, currency, payment_method,
         provider, status, changed_by)
       VALUES ($1, gen_random_uuid(), $2, $3, 'card', $4, $5, 'partner') RETURNING *),
     a AS (
       INSERT INTO transaction_attempts (transaction_id, partner_id, attempt_no, provider)
       SELECT id, partner_id, 1, provider FROM t WHERE status = 'processing')
     SELECT id FROM t`,
    [partnerId, amount, currency, provider, started ? 'processing' : 'pending'],
  );
  const { id } = result.rows[0];
  if (status === 'completed') await completePayment(client, id);
  if (status === 'failed') await failPayment(client, id);
  if (status === 'cancelled') {
    await client.query(
      `UPDATE transactions SET status = 'cancelled', cancelled_at = now(), changed_by = 'partner'
       WHERE id = $1`,
      [id],
    );
  }
  return id;
}

/** The word of the provider, or of an operator when no provider speaks. */
const speaker = `CASE provider WHEN 'manual' THEN 'operator:ada' ELSE 'provider:' || provider END`;

export async function completePayment(client: pg.Client, id: string): Promise<void> {
  await client.query(
    `WITH t AS (
       UPDATE transactions SET status = 'completed', processed_at = now(),
         provider_transaction_id = 'pi_' || id, changed_by = ${speaker}
       WHERE id = $1 RETURNING *)
     UPDATE transaction_attempts AS a SET status = 'completed', certainty = 'confirmed',
       finished_at = now() FROM t WHERE a.transaction_id = t.id`,
    [id],
  );
}

export async function failPayment(client: pg.Client, id: string): Promise<void> {
  await client.query(
    `WITH t AS (
       UPDATE transactions SET status = 'failed', failed_at = now(), error_code = 'card_declined',
         error_message = 'declined', provider_transaction_id = 'pi_' || id, changed_by = ${speaker}
       WHERE id = $1 RETURNING *)
     UPDATE transaction_attempts AS a SET status = 'declined', certainty = 'confirmed',
       finished_at = now() FROM t WHERE a.transaction_id = t.id`,
    [id],
  );
}

export interface RefundWish {
  amount?: string;
  currency?: string;
  status?: 'pending' | 'processing' | 'completed' | 'failed';
  by?: string;
  provider?: string;
  partnerId?: string;
  excess?: string;
}

/** Asks for a refund the way the API does, in one statement. */
export async function insertRefund(
  client: pg.Client,
  transactionId: string,
  wish: RefundWish = {},
): Promise<string> {
  const { amount = '60', status = 'pending', by = 'partner', excess = '0' } = wish;
  const result = await client.query<{ id: string }>(
    `INSERT INTO refunds (transaction_id, partner_id, idempotency_key, amount, currency, reason,
       status, certainty, provider, refund_excess, processed_at, provider_refund_id, changed_by)
     SELECT t.id, COALESCE($8, t.partner_id), gen_random_uuid(), $2, COALESCE($3, t.currency),
       'returned', $4::refund_status,
       CASE WHEN $4 = 'completed' THEN 'confirmed' ELSE 'sent_unconfirmed' END,
       COALESCE($6::payment_provider, t.provider), $7, CASE WHEN $4 = 'completed' THEN now() END,
       CASE WHEN $4 = 'completed' OR $5 LIKE 'provider:%' THEN gen_random_uuid()::text END, $5
     FROM transactions AS t WHERE t.id = $1 RETURNING id`,
    [
      transactionId,
      amount,
      wish.currency ?? null,
      status,
      by,
      wish.provider ?? null,
      excess,
      wish.partnerId ?? null,
    ],
  );
  return result.rows[0].id;
}

/** Records what became of a refund. */
export async function settleRefund(
  client: pg.Client,
  id: string,
  status: 'processing' | 'completed' | 'failed',
  by = 'provider:stripe',
  certainty = 'confirmed',
): Promise<void> {
  const result = await client.query(
    `UPDATE refunds SET status = $2::refund_status, certainty = $4, changed_by = $3,
       processed_at = CASE WHEN $2 = 'completed' THEN now() ELSE processed_at END,
       failed_at = CASE WHEN $2 = 'failed' THEN now() END WHERE id = $1`,
    [id, status, by, certainty],
  );
  if (result.rowCount !== 1) throw new Error(`refund ${id} is not there`);
}

export interface Totals {
  status: string;
  reserved: string;
  refunded: string;
}

/** The payment's status and counters, beside what the refunds themselves add up to. */
export async function totalsOf(client: pg.Client, id: string): Promise<Totals & { sum: string }> {
  const result = await client.query<Totals & { sum: string }>(
    `SELECT t.status, trim_scale(t.amount_refund_reserved)::text AS reserved,
       trim_scale(t.amount_refunded)::text AS refunded,
       trim_scale(COALESCE((SELECT sum(r.amount - r.refund_excess) FROM refunds AS r
         WHERE r.transaction_id = t.id AND r.status <> 'failed'), 0))::text AS sum
     FROM transactions AS t WHERE t.id = $1`,
    [id],
  );
  return result.rows[0];
}

/** A payment with an attempt and a refund, moved as the life cycle moves them. */
export async function archivePayment(client: pg.Client, partner: string): Promise<string> {
  const payment = await createPayment(client, partner);
  const refund = await insertRefund(client, payment, { amount: '10' });
  await settleRefund(client, refund, 'completed');
  await client.query(`SELECT archive_transactions(now() + interval '3 years', 10, false)`);
  return payment;
}

/** Logs an attempt at the newest webhook of a partner, or of anybody. */
export const insertAttempt = `
INSERT INTO webhook_delivery_attempts (delivery_id, number, partner_id, url, request_headers,
  body_hash, http_status, answer, duration_ms, started_at)
SELECT id, 1, partner_id, 'https://shop.example', '{}', repeat('0', 64), 200, $2, 5, now()
FROM webhook_deliveries WHERE partner_id = COALESCE($1::uuid, partner_id) ORDER BY id DESC LIMIT 1`;
