import type { Caller, IdempotencyClaim } from '../../http/request.js';
import type { SealedAnswer } from '../idempotency/index.js';
import type { Refund } from './refund.entity.js';
import type { RefundVerdict } from './refund-verdict.js';

/** A refund that is about to be recorded. */
export interface RefundDraft {
  id: string;
  transactionId: string;
  /** `null` for all that is left. */
  amount: string | null;
  reason: string;
  metadata: Record<string, string> | null;
}

/** A refund that was made at the provider itself. */
export interface ExternalRefund extends Pick<
  Refund,
  'id' | 'transactionId' | 'partnerId' | 'amount' | 'reason' | 'provider'
> {
  providerRefundId: string;
  status: 'processing' | 'completed';
  nextSyncInMs: number | null;
}

/** How one settlement is written. */
export interface RefundSettlementRow {
  refund: Refund;
  verdict: RefundVerdict;
  actor: string;
  requestId: string | undefined;
  at: Date | undefined;
  nextSyncInMs: number | null;
  /** Ends the schedule of a refund that nobody can be asked about. */
  leastSyncs: number;
  answer: (SealedAnswer & { claim: IdempotencyClaim; httpStatus: number }) | undefined;
}

type Statement = [text: string, values: unknown[]];

/** Claim, refund and audit row: all of them, or nothing. Triggers reserve the amount. */
const insert = `
WITH claim AS (
  INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint, resource_type,
    resource_id, locked_until)
  VALUES ($1::uuid, $2, $3::text, $4, $5::text, 'refund', $6,
    clock_timestamp() + $7::int * interval '1 ms')
  ON CONFLICT DO NOTHING
  RETURNING resource_id
), r AS (
  INSERT INTO refunds (id, transaction_id, partner_id, idempotency_key, request_hash, status,
    certainty, amount, currency, reason, metadata, provider, provider_account, changed_by,
    changed_request_id, created_at, updated_at, next_sync_at)
  SELECT claim.resource_id, t.id, t.partner_id, $3::text, $5::text, 'processing',
    'sent_unconfirmed', COALESCE($9::numeric, t.amount - t.amount_refund_reserved), t.currency,
    $10::text, $11::jsonb, t.provider, t.provider_account, 'partner', $12::uuid, now(), now(),
    clock_timestamp() + $7::int * interval '1 ms'
  FROM claim CROSS JOIN transactions AS t
  WHERE t.id = $8 AND t.partner_id = $1::uuid AND t.deleted_at IS NULL
  RETURNING *
), audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
    ip_address, user_agent, request_id, http_status, changes)
  SELECT partner_id, 'partner', $13::text, 'create', 'refund', id, $14::inet, $15::text,
    $12::uuid, 201, jsonb_build_object('after', jsonb_build_object('status', status, 'amount',
      round(amount, decimal_places)::text, 'currency', currency, 'transaction_id', transaction_id))
  FROM r JOIN currencies AS c ON c.code = r.currency
)
SELECT r.*, clock_timestamp() AS database_time FROM r`;

export function insertRefund(
  draft: RefundDraft,
  caller: Caller,
  claim: IdempotencyClaim,
  leaseMs: number,
): Statement {
  return [
    insert,
    [
      claim.partnerId,
      claim.route,
      claim.key,
      claim.fields,
      claim.fingerprint,
      draft.id,
      leaseMs,
      draft.transactionId,
      draft.amount,
      draft.reason,
      draft.metadata,
      caller.requestId,
      caller.apiKeyId,
      caller.ipAddress,
      caller.userAgent ?? null,
    ],
  ];
}

/** Its own id stands for the idempotency key that nobody gave. Triggers reserve the amount. */
const insertExternal = `
INSERT INTO refunds (id, transaction_id, partner_id, idempotency_key, amount, currency, reason,
  source, sends, status, certainty, provider, provider_account, provider_refund_id, processed_at,
  next_sync_at, changed_by)
SELECT $1::uuid, t.id, t.partner_id, $1::uuid::text, $4::numeric, t.currency, $5::text, 'provider',
  0, $6::refund_status, 'confirmed', t.provider, t.provider_account, $7::text,
  CASE WHEN $6::refund_status = 'completed' THEN clock_timestamp() END,
  clock_timestamp() + $8::bigint * interval '1 ms', 'provider:' || t.provider
FROM transactions AS t
WHERE t.id = $2::uuid AND t.partner_id = $3::uuid
  AND t.status IN ('completed', 'partially_refunded', 'refunded')
ON CONFLICT (provider, provider_account, provider_refund_id) WHERE provider_refund_id IS NOT NULL
DO NOTHING
RETURNING *`;

export function insertExternalRefund(external: ExternalRefund): Statement {
  return [
    insertExternal,
    [
      external.id,
      external.transactionId,
      external.partnerId,
      external.amount,
      external.reason,
      external.status,
      external.providerRefundId,
      external.nextSyncInMs,
    ],
  ];
}

/** Counts one more call with the same key, before it is made. */
const countCall = `
UPDATE refunds SET sends = LEAST(sends + 1, 32767),
  certainty = CASE certainty WHEN 'never_sent' THEN 'sent_unconfirmed' ELSE certainty END
WHERE id = $1 AND partner_id = $2 AND status = 'processing' AND source = 'api'
RETURNING id`;

export function countCallOf({ id, partnerId }: Pick<Refund, 'id' | 'partnerId'>): Statement {
  return [countCall, [id, partnerId]];
}

/**
 * That nothing was sent, or that a call was refused, is true only of the one call that was made:
 * whoever calls again counts it in `sends` before.
 */
const settle = `
WITH r AS (
  UPDATE refunds SET
    status = $4::refund_status,
    certainty = CASE WHEN $5 = 'sent_unconfirmed' THEN certainty ELSE $5 END,
    sends = CASE WHEN $5 = 'never_sent' THEN 0 ELSE sends END,
    provider_refund_id = COALESCE($6, provider_refund_id),
    error_code = $7,
    error_message = $8,
    processed_at = CASE WHEN $4::refund_status = 'completed'
      THEN COALESCE(processed_at, $9::timestamptz, clock_timestamp()) ELSE processed_at END,
    failed_at = CASE WHEN $4::refund_status = 'failed'
      THEN COALESCE(failed_at, $9::timestamptz, clock_timestamp()) ELSE failed_at END,
    updated_at = COALESCE($9::timestamptz, clock_timestamp()),
    next_sync_at = clock_timestamp() + $10::bigint * interval '1 ms',
    sync_count = GREATEST(sync_count, $19::int),
    changed_by = $11,
    changed_request_id = $12
  WHERE id = $1 AND partner_id = $2 AND version = $3
    AND ($18::int IS NULL OR (sends = $18::int AND certainty <> 'confirmed'))
  RETURNING *
), answer AS (
  UPDATE idempotency_keys AS k SET http_status = $15, response = $16, response_hash = $17
  FROM r
  WHERE k.partner_id = r.partner_id AND k.route = $13 AND k.key = $14 AND k.http_status IS NULL
  RETURNING k.key
)
SELECT r.*, EXISTS (SELECT FROM answer) AS answered FROM r`;

export function settleRefund(row: RefundSettlementRow): Statement {
  const { refund, verdict, answer } = row;
  return [
    settle,
    [
      refund.id,
      refund.partnerId,
      refund.version,
      verdict.status,
      verdict.certainty,
      verdict.providerRefundId,
      verdict.errorCode,
      verdict.errorMessage,
      row.at ?? null,
      row.nextSyncInMs,
      row.actor,
      row.requestId ?? null,
      answer?.claim.route ?? null,
      answer?.claim.key ?? null,
      answer?.httpStatus ?? null,
      answer?.response ?? null,
      answer?.responseHash ?? null,
      verdict.presumedSends,
      row.leastSyncs,
    ],
  ];
}
