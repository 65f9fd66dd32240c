import type { Caller, IdempotencyClaim } from '../../http/request.js';

type Statement = [text: string, values: unknown[]];

/** Claim, change and audit row of a request about a payment that exists. */
const claim = `claim AS (
  INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint, resource_type,
    resource_id, locked_until)
  VALUES ($1, $2, $3, $4, $5, 'transaction', $6,
    clock_timestamp() + $7::int * interval '1 ms')
  ON CONFLICT DO NOTHING
  RETURNING resource_id
)`;

const auditAndResult = `audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
    ip_address, user_agent, request_id, http_status, changes)
  SELECT partner_id, 'partner', $8::text, 'update', 'transaction', id, $9::inet, $10::text,
    $11::uuid, 200, jsonb_build_object('after', jsonb_build_object('status', status,
      'cancel_requested_at', cancel_requested_at))
  FROM t
)
SELECT claim.resource_id AS claimed, clock_timestamp() AS database_time, t.*
FROM claim LEFT JOIN t ON true`;

const confirm = `
WITH ${claim}, t AS (
  UPDATE transactions SET status = 'processing', expires_at = NULL,
    next_sync_at = clock_timestamp() + $7::int * interval '1 ms',
    changed_by = 'partner', changed_request_id = $11
  FROM claim
  WHERE id = claim.resource_id AND partner_id = $1 AND status = 'pending' AND deleted_at IS NULL
    AND expires_at > clock_timestamp()
  RETURNING transactions.*
), attempt AS (
  INSERT INTO transaction_attempts (id, transaction_id, partner_id, attempt_no, provider,
    provider_account, status, certainty)
  SELECT gen_random_uuid(), id, partner_id, 1, provider, provider_account, 'in_flight',
    'sent_unconfirmed'
  FROM t
), ${auditAndResult}`;

const cancel = `
WITH ${claim}, t AS (
  UPDATE transactions SET
    status = CASE WHEN status = 'pending' THEN 'cancelled' ELSE status END,
    cancelled_at = CASE WHEN status = 'pending' THEN clock_timestamp() ELSE cancelled_at END,
    cancel_requested_at = COALESCE(cancel_requested_at, clock_timestamp()),
    cancellation_reason = COALESCE(cancellation_reason, $12),
    changed_by = 'partner', changed_request_id = $11
  FROM claim
  WHERE id = claim.resource_id AND partner_id = $1 AND status IN ('pending', 'processing')
    AND deleted_at IS NULL
  RETURNING transactions.*
), ${auditAndResult}`;

export function confirmTransaction(...request: Parameters<typeof values>): Statement {
  return [confirm, values(...request)];
}

export function cancelTransaction(
  id: string,
  reason: string,
  caller: Caller,
  key: IdempotencyClaim,
  leaseMs: number,
): Statement {
  return [cancel, [...values(id, caller, key, leaseMs), reason]];
}

function values(id: string, caller: Caller, key: IdempotencyClaim, leaseMs: number): unknown[] {
  return [
    key.partnerId,
    key.route,
    key.key,
    key.fields,
    key.fingerprint,
    id,
    leaseMs,
    caller.apiKeyId,
    caller.ipAddress,
    caller.userAgent ?? null,
    caller.requestId,
  ];
}
