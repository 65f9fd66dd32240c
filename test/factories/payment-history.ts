import type pg from 'pg';

/** How much history there is, and whose. */
export interface PaymentHistory {
  transactions: number;
  /** The first one has half of all; the others share the rest. They need not be in the database. */
  partnerIds: string[];
  /** The stored hash of an address that has one in 500 payments of every partner. */
  emailHash: string;
}

const perMille = (seed: number) =>
  `mod((hashint8extended(n, ${seed}) & 9223372036854775807), 1000)`;

/** Ids that begin with their time, as those of the application do. */
const timeOrderedId = `(lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0')
  || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid`;

const rows = `
CREATE UNLOGGED TABLE history_rows AS
SELECT n, at, ${timeOrderedId} AS id,
  ($2::uuid[])[CASE WHEN n % 2 = 0 THEN 1
    ELSE 2 + ((n / 2) % (cardinality($2::uuid[]) - 1))::int END] AS partner_id,
  CASE WHEN s < 4 THEN 'pending' WHEN s < 8 THEN 'processing' WHEN s < 60 THEN 'failed'
    WHEN s < 80 THEN 'cancelled' WHEN s < 100 THEN 'refunded' WHEN s < 120 THEN 'partially_refunded'
    ELSE 'completed' END::transaction_status AS status,
  CASE WHEN c < 3 THEN 'THB' WHEN c < 30 THEN 'GBP' WHEN c < 150 THEN 'EUR' ELSE 'USD' END AS currency,
  CASE WHEN m < 3 THEN 'crypto' WHEN m < 40 THEN 'bank_transfer' WHEN m < 140 THEN 'e_wallet'
    ELSE 'card' END AS payment_method,
  CASE WHEN p < 2 THEN 'manual' WHEN p < 100 THEN 'adyen' WHEN p < 250 THEN 'paypal'
    ELSE 'stripe' END::payment_provider AS provider,
  round((1 + power(a, 2) / 500)::numeric, 2) AS amount
FROM (
  SELECT n, $3::timestamptz - ($1::bigint - n) * ($4::interval / $1::float8) AS at,
    ${perMille(1)} AS s, ${perMille(2)} AS c, ${perMille(3)} AS m, ${perMille(4)} AS p,
    ${perMille(5)} AS a
  FROM generate_series(1, $1::bigint) AS n
) AS drawn`;

const transactions = `
INSERT INTO transactions (id, partner_id, idempotency_key, amount, currency, payment_method, provider,
  provider_transaction_id, status, amount_refund_reserved, amount_refunded,
  customer_email_hash, reference, description, metadata, ip_address, user_agent,
  request_id, next_sync_at, last_sequence, changed_by, created_at, updated_at, processed_at,
  failed_at, cancelled_at, expires_at)
SELECT id, partner_id, 'order-' || n, amount, currency, payment_method, provider,
  CASE WHEN status <> 'pending' THEN 'pi_' || md5(n::text) END, status,
  CASE status WHEN 'refunded' THEN amount WHEN 'partially_refunded' THEN 0.5 ELSE 0 END,
  CASE status WHEN 'refunded' THEN amount WHEN 'partially_refunded' THEN 0.5 ELSE 0 END,
  CASE WHEN (n / 2) % 500 = 0 THEN $1 ELSE 'k1.' || md5((n % 9001)::text) END,
  'invoice-' || n / 40, 'Two tickets, row ' || repeat('7, ', 60),
  CASE WHEN n % 10 < 9 THEN jsonb_build_object('cart', 'c-' || n / 20, 'channel',
    CASE WHEN n % 7 < 5 THEN 'web' ELSE 'app' END,
    'campaign', 'spring-' || (n / 2) % 300, 'season', CASE WHEN n < 4000 THEN 'first' ELSE 'later' END)
  END,
  '203.0.113.7', 'Mozilla/5.0', id, CASE WHEN status = 'processing' THEN at + interval '5 min' END, 2,
  'system', at, at,
  CASE WHEN status IN ('completed', 'refunded', 'partially_refunded') THEN at END,
  CASE WHEN status = 'failed' THEN at END, CASE WHEN status = 'cancelled' THEN at END,
  CASE WHEN status = 'pending' THEN at + interval '1 day' END
FROM history_rows ORDER BY n`;

const attempts = `
INSERT INTO transaction_attempts (id, transaction_id, partner_id, attempt_no, provider,
  provider_transaction_id, status, certainty, started_at, finished_at)
SELECT gen_random_uuid(), id, partner_id, 1, provider, 'pi_' || md5(n::text),
  CASE status WHEN 'processing' THEN 'processing' WHEN 'failed' THEN 'declined'
    WHEN 'cancelled' THEN 'cancelled' ELSE 'completed' END,
  'confirmed', at, CASE WHEN status <> 'processing' THEN at END
FROM history_rows WHERE status <> 'pending' ORDER BY n`;

const refunds = `
INSERT INTO refunds (id, transaction_id, partner_id, idempotency_key, amount, currency, reason, status,
  certainty, provider, provider_refund_id, next_sync_at, changed_by, created_at, updated_at,
  processed_at, failed_at)
SELECT gen_random_uuid(), id, partner_id, 'refund-' || n,
  CASE WHEN status = 'refunded' THEN amount ELSE 0.5 END, currency, 'Returned',
  refund_status, CASE WHEN refund_status = 'pending' THEN 'never_sent' ELSE 'confirmed' END, provider,
  're_' || n, CASE WHEN refund_status IN ('pending', 'processing') THEN at END, 'partner', at, at,
  CASE WHEN refund_status = 'completed' THEN at END, CASE WHEN refund_status = 'failed' THEN at END
FROM (
  SELECT *, CASE WHEN status = 'refunded' AND n % 10 = 0 THEN 'processing'
    WHEN status = 'refunded' AND n % 15 < 2 THEN 'pending'
    WHEN status = 'completed' THEN 'failed' ELSE 'completed' END::refund_status AS refund_status
  FROM history_rows
) AS drawn
WHERE status IN ('refunded', 'partially_refunded') OR (status = 'completed' AND (n / 2) % 150 = 0)
ORDER BY n`;

const events = `
INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type, from_status, status,
  created_by, xact_id, created_at)
SELECT id, partner_id, sequence, CASE sequence WHEN 1 THEN 'created' ELSE 'status_changed' END::event_type,
  CASE sequence WHEN 2 THEN 'processing' END, status, 'system',
  (pg_current_xact_id()::text)::bigint - ($1::bigint - n) / 64, at
FROM history_rows CROSS JOIN generate_series(1, 2) AS sequence ORDER BY n`;

const auditLogs = `
INSERT INTO audit_logs (partner_id, actor, actor_type, action, resource_type, resource_id, http_status,
  ip_address, user_agent, request_id, created_at)
SELECT partner_id, 'partner', 'partner',
  CASE WHEN n % 1000 < 2 THEN 'delete' WHEN n % 100 = 50 THEN 'update' WHEN n % 3 = 0 THEN 'create'
    ELSE 'read' END,
  CASE WHEN n % 1000 < 3 THEN 'partner' WHEN n % 50 IN (7, 8) THEN 'refund' ELSE 'transaction' END,
  CASE WHEN n % 3 < 2 THEN id END, 200, '203.0.113.7', 'Mozilla/5.0', id, at
FROM history_rows ORDER BY n`;

const idempotencyKeys = `
INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint, resource_type, resource_id,
  http_status, response, response_hash, created_at, expires_at)
SELECT partner_id, 'POST /v1/transactions', 'order-' || n, '{}', repeat('0', 64), 'transaction', id,
  201, 'envelope', repeat('0', 64), at, at + interval '1 day'
FROM history_rows WHERE at > $1::timestamptz - interval '7 days' ORDER BY n`;

const providerWebhooks = `
INSERT INTO provider_webhooks (provider, provider_event_id, event_type, body, occurred_at, status,
  partner_id, transaction_id, next_attempt_at, received_at, applied_at)
SELECT provider, 'evt_' || n, 'payment_intent.succeeded', 'envelope', at,
  CASE WHEN n % 500 = 0 THEN 'parked' ELSE 'applied' END, partner_id, id,
  CASE WHEN n % 500 = 0 THEN at END, at, CASE WHEN n % 500 > 0 THEN at END
FROM history_rows WHERE n % 2 = 0 ORDER BY n`;

/** Of the creations; the first partner's server was down for a while. */
const webhookDeliveries = `
INSERT INTO webhook_deliveries (partner_id, transaction_id, event_id, event_created_at, type, status,
  attempt_count, next_attempt_at, created_at, delivered_at)
SELECT partner_id, id, event_id, at, CASE WHEN n % 400 < 2 THEN 'refund.failed'
    WHEN n % 3 = 0 THEN 'transaction.completed' ELSE 'transaction.created' END,
  status, 1, CASE status WHEN 'pending' THEN at + interval '80 days' END, at,
  CASE status WHEN 'delivered' THEN at END
FROM (
  SELECT h.n, h.at, h.id, h.partner_id, e.id AS event_id, CASE WHEN h.n % 1000 < 2 THEN 'failed'
    WHEN h.n % 100 < 4 THEN 'pending' ELSE 'delivered' END AS status
  FROM history_rows AS h JOIN transaction_events AS e ON e.transaction_id = h.id AND e.sequence = 1
) AS drawn ORDER BY n`;

const historyDays = '80 days';

/**
 * Writes 80 days of payments with their attempts, refunds, events, audit rows, keys and webhooks, in and out.
 *
 * @param client a superuser's: triggers and foreign keys are passed over
 */
export async function insertPaymentHistory(
  client: pg.Client,
  { transactions: count, partnerIds, emailHash }: PaymentHistory,
): Promise<void> {
  const now = new Date();
  await client.query(`SELECT ensure_partitions(3, $1::timestamptz - $2::interval)`, [
    now,
    historyDays,
  ]);
  await client.query('SET session_replication_role = replica');
  await client.query(rows, [count, partnerIds, now, historyDays]);
  await client.query(transactions, [emailHash]);
  await client.query(attempts);
  await client.query(refunds);
  await client.query(events, [count]);
  await client.query(auditLogs);
  await client.query(idempotencyKeys, [now]);
  await client.query(providerWebhooks);
  await client.query(webhookDeliveries);
  await client.query('DROP TABLE history_rows');
  await client.query('SET session_replication_role = origin');
  await client.query('VACUUM (ANALYZE)');
}
