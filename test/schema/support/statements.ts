/** The intents of a batch: claim, payment, first attempt, its event and the audit row in one statement. */
export const insertIntents = `
WITH item AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[])
    AS item (id, partner_id, key, request_id)
), claim AS (
  INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint, resource_type, resource_id)
  SELECT partner_id, 'POST /v1/transactions', key, '{}', repeat('0', 64), 'transaction', id FROM item
  ON CONFLICT (partner_id, route, key) DO NOTHING RETURNING partner_id, resource_id
), t AS (
  INSERT INTO transactions (id, partner_id, idempotency_key, amount, currency, payment_method,
    provider, status, last_sequence, changed_by, changed_request_id)
  SELECT i.id, i.partner_id, i.key, 100, 'USD', 'card', 'stripe', 'processing', 2, 'partner',
    i.request_id
  FROM item AS i JOIN claim AS c ON c.resource_id = i.id AND c.partner_id = i.partner_id
  RETURNING *
), a AS (
  INSERT INTO transaction_attempts (transaction_id, partner_id, attempt_no, provider)
  SELECT id, partner_id, 1, provider FROM t
), e AS (
  INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type, created_by, request_id)
  SELECT id, partner_id, last_sequence, 'attempt_started', changed_by, changed_request_id FROM t
), log AS (
  INSERT INTO audit_logs (partner_id, actor, actor_type, action, resource_type, resource_id, request_id)
  SELECT partner_id, 'partner', 'partner', 'create', 'transaction', id, changed_request_id FROM t
)
SELECT id, partner_id, version, last_sequence FROM t ORDER BY id`;

/** The outcomes of a batch: payment, attempt, an extra event and the stored answer in one statement. */
export const settleIntents = `
WITH item AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[])
    AS item (id, partner_id, version, request_id)
), t AS (
  UPDATE transactions AS t SET status = 'completed', provider_transaction_id = 'pi_' || i.id,
    processed_at = $5::timestamptz, updated_at = $5::timestamptz,
    last_sequence = t.last_sequence + 1,
    changed_by = 'provider:stripe', changed_request_id = i.request_id
  FROM item AS i
  WHERE t.id = i.id AND t.partner_id = i.partner_id AND t.version = i.version
  RETURNING t.*
), a AS (
  UPDATE transaction_attempts AS a SET status = 'completed', certainty = 'confirmed',
    provider_transaction_id = t.provider_transaction_id, finished_at = $5::timestamptz,
    provider_response = jsonb_build_object('id', t.provider_transaction_id)
  FROM t WHERE a.transaction_id = t.id AND a.partner_id = t.partner_id AND a.attempt_no = 1
), e AS (
  INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type, created_by, request_id)
  SELECT id, partner_id, last_sequence - 1, 'webhook_received', changed_by, changed_request_id FROM t
), k AS (
  UPDATE idempotency_keys AS k SET http_status = 201, response = 'v1.envelope',
    response_hash = repeat('a', 64)
  FROM t WHERE k.partner_id = t.partner_id AND k.route = 'POST /v1/transactions'
    AND k.key = t.idempotency_key
)
SELECT id, partner_id, version, last_sequence, updated_at FROM t ORDER BY id`;

/** The refunds of a batch. */
export const insertRefunds = `
WITH item AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[])
    AS item (transaction_id, partner_id, key, request_id)
), claim AS (
  INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint)
  SELECT partner_id, 'POST refunds', key, '{}', repeat('0', 64) FROM item
  ON CONFLICT DO NOTHING RETURNING partner_id, key
), r AS (
  INSERT INTO refunds (transaction_id, partner_id, idempotency_key, amount, currency, reason, status,
    provider, provider_account, changed_by, changed_request_id)
  SELECT t.id, t.partner_id, c.key, 60, t.currency, 'returned', 'processing', t.provider,
    t.provider_account, 'partner', i.request_id
  FROM claim AS c
  JOIN item AS i ON i.partner_id = c.partner_id AND i.key = c.key
  JOIN transactions AS t ON t.id = i.transaction_id AND t.partner_id = c.partner_id
  ORDER BY t.id
  RETURNING *
)
SELECT id, transaction_id, partner_id, version FROM r ORDER BY transaction_id`;

/** An event of its own: the number is taken from the payment, whose version stays. */
export const insertEvent = `
WITH t AS (
  UPDATE transactions SET last_sequence = last_sequence + 1, changed_by = 'system',
    changed_request_id = $3
  WHERE id = $1 AND partner_id = $2 RETURNING *
)
INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type, created_by, request_id)
SELECT id, partner_id, last_sequence, 'outcome_unknown', changed_by, changed_request_id FROM t
RETURNING sequence`;
