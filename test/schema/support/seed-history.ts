import type pg from 'pg';

const partners = `
INSERT INTO partners (id, name, email, api_key_hash, api_key_prefix)
SELECT id, 'Shop', id || '@example.com', id, left(id::text, 8) FROM unnest($1::uuid[]) AS id`;

const transactions = `
INSERT INTO transactions (partner_id, idempotency_key, amount, currency, payment_method, provider,
  provider_transaction_id, status, customer_email, metadata, created_at)
SELECT ($1::uuid[])[CASE WHEN n % 2 = 0 THEN 1 ELSE 2 + (n / 2) % (cardinality($1::uuid[]) - 1) END],
  'order-' || n, 10, 'USD', 'card', 'stripe', 'pi_' || n,
  CASE WHEN n % 100 < 4 THEN 'failed' ELSE 'completed' END::transaction_status,
  'payer-' || n % 9001 || '@example.com', jsonb_build_object('cart', 'c-' || n / 20),
  now() - ($2::int - n) * interval '1 minute'
FROM generate_series(1, $2::int) AS n`;

const others = `
INSERT INTO refunds (transaction_id, amount, currency, reason, status)
SELECT id, 1, 'USD', 'Returned',
  CASE WHEN hashtext(id::text) % 20 = 0 THEN 'failed' ELSE 'completed' END::refund_status
FROM transactions;
INSERT INTO transaction_events (transaction_id, event_type, created_at)
SELECT id, CASE WHEN status = 'failed' THEN 'payment_failed' ELSE 'created' END::event_type, created_at
FROM transactions;
INSERT INTO audit_logs (partner_id, action, resource_type, resource_id, ip_address, created_at)
SELECT partner_id, CASE WHEN random() < 0.002 THEN 'delete' ELSE 'read' END, 'transaction', id,
  '203.0.113.7', created_at FROM transactions;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO payments_api;
ANALYZE`;

/** Fills the tables of the seed design; the first partner has half of all payments. */
export async function insertSeedHistory(
  client: pg.Client,
  count: number,
  partnerIds: string[],
): Promise<void> {
  await client.query('SET session_replication_role = replica');
  await client.query(partners, [partnerIds]);
  await client.query(transactions, [partnerIds, count]);
  await client.query(others);
  await client.query('SET session_replication_role = origin');
}
