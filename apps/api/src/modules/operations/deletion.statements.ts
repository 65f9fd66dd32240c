/** Hides a payment that is settled, and its refunds. No row: no such payment. */
export const deleteTransaction = `
WITH b AS (
  SELECT id, version, deleted_at FROM transactions WHERE id = $1 FOR NO KEY UPDATE
), t AS (
  UPDATE transactions AS t SET deleted_at = clock_timestamp()
  FROM b
  WHERE t.id = b.id AND b.deleted_at IS NULL
    AND ($2::int[] IS NULL OR b.version = ANY ($2::int[]))
  RETURNING t.id, t.partner_id, t.status, t.deleted_at
), r AS (
  UPDATE refunds AS r SET deleted_at = t.deleted_at
  FROM t
  WHERE r.transaction_id = t.id AND r.partner_id = t.partner_id AND r.deleted_at IS NULL
  RETURNING r.id
), audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
    ip_address, user_agent, request_id, http_status, changes)
  SELECT t.partner_id, 'operator', $4::text, 'delete', 'transaction', t.id, $5::inet, $6::text,
    $7::uuid, 204, jsonb_build_object(
      'before', jsonb_build_object('status', t.status, 'deleted_at', NULL),
      'after', jsonb_build_object('deleted_at', t.deleted_at, 'reason', $3::text,
        'refunds', ARRAY(SELECT id FROM r)))
  FROM t
)
SELECT b.deleted_at IS NOT NULL OR t.id IS NOT NULL AS deleted FROM b LEFT JOIN t ON t.id = b.id`;

/** Whether a payment is where it can't be hidden any more. */
export const findArchived = 'SELECT FROM transactions_archive WHERE id = $1';

/** Ends a partner and with it all of its keys. No row: no such partner. */
export const deletePartner = `
WITH b AS (
  SELECT id, version, deleted_at FROM partners WHERE id = $1 FOR NO KEY UPDATE
), p AS (
  UPDATE partners AS p SET deleted_at = clock_timestamp()
  FROM b
  WHERE p.id = b.id AND b.deleted_at IS NULL
    AND ($2::int[] IS NULL OR b.version = ANY ($2::int[]))
  RETURNING p.id, p.name, p.deleted_at
), audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
    ip_address, user_agent, request_id, http_status, changes)
  SELECT p.id, 'operator', $4::text, 'delete', 'partner', p.id, $5::inet, $6::text, $7::uuid, 204,
    jsonb_build_object(
      'before', jsonb_build_object('name', p.name, 'deleted_at', NULL),
      'after', jsonb_build_object('deleted_at', p.deleted_at, 'reason', $3::text))
  FROM p
)
SELECT b.deleted_at IS NOT NULL OR p.id IS NOT NULL AS deleted FROM b LEFT JOIN p ON p.id = b.id`;
