export const lockTransaction = `
SELECT status, provider, version, provider_transaction_id AS evidence_reference
FROM transactions WHERE id = $1 FOR NO KEY UPDATE`;

/** Whether a payment, or the one that a refund belongs to, is where nothing changes any more. */
export const findArchived = `
SELECT FROM transactions_archive WHERE id = $1
UNION ALL SELECT FROM refunds_archive WHERE id = $1`;

export const settleTransaction = 'SELECT settle_manual_transaction($1, $2, $3, $4)';

export const auditTransaction = `
INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
  ip_address, user_agent, request_id, http_status, changes)
SELECT partner_id, 'operator', $2::text, 'update', 'transaction', id, $3::inet, $4::text, $5::uuid,
  200, jsonb_build_object(
    'before', jsonb_build_object('status', $6::text),
    'after', jsonb_build_object('status', status, 'evidence_reference', provider_transaction_id,
      'reason', $7::text))
FROM transactions WHERE id = $1`;

export const lockRefund = `
SELECT status, provider, version, provider_refund_id AS evidence_reference
FROM refunds WHERE id = $1 FOR NO KEY UPDATE`;

export const settleRefund = 'SELECT settle_manual_refund($1, $2, $3, $4)';

export const auditRefund = `
INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
  ip_address, user_agent, request_id, http_status, changes)
SELECT partner_id, 'operator', $2::text, 'update', 'refund', id, $3::inet, $4::text, $5::uuid,
  200, jsonb_build_object(
    'before', jsonb_build_object('status', $6::text),
    'after', jsonb_build_object('status', status, 'evidence_reference', provider_refund_id,
      'reason', $7::text))
FROM refunds WHERE id = $1`;
