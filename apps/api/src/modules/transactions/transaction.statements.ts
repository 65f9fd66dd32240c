import type { Caller, IdempotencyClaim } from '../../http/request.js';
import type { SealedAnswer } from '../idempotency/index.js';
import type { Transaction } from './transaction.entity.js';
import { isUnknown, type Verdict } from './verdict.js';

/** A payment that is about to be recorded. */
export type TransactionDraft = Pick<
  Transaction,
  | 'id'
  | 'idempotencyKey'
  | 'amount'
  | 'currency'
  | 'paymentMethod'
  | 'paymentMethodToken'
  | 'provider'
  | 'providerAccount'
  | 'customerEmail'
  | 'customerEmailHash'
  | 'customerName'
  | 'customerPhone'
  | 'reference'
  | 'description'
  | 'metadata'
  | 'returnUrl'
  | 'browser'
  | 'ipAddress'
  | 'userAgent'
> & { status: 'pending' | 'processing'; attemptId: string };

/** How one settlement is written. */
export interface SettlementRow {
  transaction: Transaction;
  attemptNo: number;
  status: Transaction['status'];
  verdict: Verdict;
  actor: string;
  requestId: string | undefined;
  /** The moment it happened; the database's own clock when absent. */
  at: Date | undefined;
  nextSyncInMs: number | null;
  answer: (SealedAnswer & { claim: IdempotencyClaim; httpStatus: number }) | undefined;
}

type Statement = [text: string, values: unknown[]];

/** Claim, payment, first attempt and audit row: all of them, or nothing. */
const insert = `
WITH claim AS (
  INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint, resource_type,
    resource_id, locked_until)
  VALUES ($1::uuid, $2::text, $3::text, $4, $5, 'transaction', $6, clock_timestamp() + $7::int * interval '1 ms')
  ON CONFLICT DO NOTHING
  RETURNING resource_id
), t AS (
  INSERT INTO transactions (id, partner_id, idempotency_key, status, amount, currency,
    payment_method, payment_method_token, provider, provider_account, customer_email,
    customer_email_hash, customer_name, customer_phone, reference, description, metadata,
    return_url, browser, ip_address, user_agent, request_id, changed_by, changed_request_id,
    created_at, updated_at, expires_at, next_sync_at)
  SELECT resource_id, $1::uuid, $3::text, $8::transaction_status, $9::numeric, $10::text,
    $11::text, $12::text, $13::payment_provider, $14::text, $15::text, $16::text, $17::text,
    $18::text, $19::text, $20::text, $21::jsonb, $22::text, $23::jsonb, $24::inet, $25::text,
    $26::uuid, 'partner', $26::uuid, now(), now(),
    CASE WHEN $8::transaction_status = 'pending' THEN now() + interval '24 hours' END,
    CASE WHEN $8::transaction_status = 'processing' THEN now() + $7::int * interval '1 ms' END
  FROM claim
  RETURNING *
), attempt AS (
  INSERT INTO transaction_attempts (id, transaction_id, partner_id, attempt_no, provider,
    provider_account, status, certainty)
  SELECT $27::uuid, id, partner_id, 1, provider, provider_account, 'in_flight', 'sent_unconfirmed'
  FROM t WHERE status = 'processing'
), audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
    ip_address, user_agent, request_id, http_status, changes)
  SELECT partner_id, 'partner', $28::text, 'create', 'transaction', id, $29::inet, $30::text,
    $26::uuid, 201,
    jsonb_build_object('after', jsonb_build_object('status', status, 'amount', amount,
      'currency', currency, 'provider', provider))
  FROM t
)
SELECT t.*, clock_timestamp() AS database_time FROM t`;

export function insertTransaction(
  draft: TransactionDraft,
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
      draft.status,
      draft.amount,
      draft.currency,
      draft.paymentMethod,
      draft.paymentMethodToken,
      draft.provider,
      draft.providerAccount,
      draft.customerEmail,
      draft.customerEmailHash,
      draft.customerName,
      draft.customerPhone,
      draft.reference,
      draft.description,
      draft.metadata,
      draft.returnUrl,
      draft.browser,
      draft.ipAddress,
      draft.userAgent,
      caller.requestId,
      draft.attemptId,
      caller.apiKeyId,
      caller.ipAddress,
      caller.userAgent ?? null,
    ],
  ];
}

/** The payment's new state, what is known of its attempt, and the answer to whoever waits for it. */
const settle = `
WITH t AS (
  UPDATE transactions SET
    status = $4::transaction_status,
    provider_transaction_id = COALESCE($5::text, provider_transaction_id),
    provider_customer_id = COALESCE($6::text, provider_customer_id),
    next_action = $7::jsonb,
    error_code = $8::text,
    error_message = CASE WHEN $4::transaction_status = 'failed' THEN $9::text END,
    decline_code = $10::text,
    processed_at = CASE WHEN $4::transaction_status = 'completed'
      THEN COALESCE(processed_at, $11::timestamptz, clock_timestamp()) ELSE processed_at END,
    failed_at = CASE WHEN $4::transaction_status = 'failed'
      THEN COALESCE(failed_at, $11::timestamptz, clock_timestamp()) ELSE failed_at END,
    cancelled_at = CASE WHEN $4::transaction_status = 'cancelled'
      THEN COALESCE(cancelled_at, $11::timestamptz, clock_timestamp()) ELSE cancelled_at END,
    updated_at = COALESCE($11::timestamptz, clock_timestamp()),
    next_sync_at = clock_timestamp() + $12::bigint * interval '1 ms',
    last_sequence = last_sequence + CASE WHEN $19::event_type IS NULL THEN 0 ELSE 1 END,
    changed_by = $13::text,
    changed_request_id = $14::uuid
  WHERE id = $1 AND partner_id = $2 AND version = $3
  RETURNING *
), attempt AS (
  UPDATE transaction_attempts AS a SET
    status = CASE WHEN $17::text = 'sent_unconfirmed' THEN a.status ELSE $16::text END,
    certainty = CASE WHEN $17::text = 'sent_unconfirmed' THEN a.certainty ELSE $17::text END,
    provider_transaction_id = COALESCE($5::text, a.provider_transaction_id),
    error_code = $8::text,
    error_message = $9::text,
    decline_code = $10::text,
    provider_response = COALESCE($18::jsonb, a.provider_response),
    finished_at = CASE WHEN $16::text IN ('in_flight', 'processing') THEN a.finished_at
      ELSE COALESCE($11::timestamptz, clock_timestamp()) END
  FROM t
  WHERE a.transaction_id = t.id AND a.partner_id = t.partner_id AND a.attempt_no = $15
), event AS (
  INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type,
    provider_response, error_message, created_by, request_id, ip_address)
  SELECT t.id, t.partner_id, t.last_sequence, $19::event_type, $18::jsonb, $9::text, $13::text, $14::uuid, t.ip_address
  FROM t WHERE $19::event_type IS NOT NULL
), answer AS (
  UPDATE idempotency_keys AS k SET http_status = $23::smallint, response = $24::text, response_hash = $25::text
  FROM t
  WHERE k.partner_id = t.partner_id AND k.route = $21::text AND k.key = $22::text AND k.http_status IS NULL
    AND $20::boolean
  RETURNING k.key
)
SELECT t.*, EXISTS (SELECT FROM answer) AS answered FROM t`;

export function settleTransaction(row: SettlementRow): Statement {
  const { transaction, verdict, answer } = row;
  return [
    settle,
    [
      transaction.id,
      transaction.partnerId,
      transaction.version,
      row.status,
      verdict.providerTransactionId,
      verdict.providerCustomerId,
      verdict.nextAction,
      verdict.errorCode,
      verdict.errorMessage,
      verdict.declineCode,
      row.at ?? null,
      row.nextSyncInMs,
      row.actor,
      row.requestId ?? null,
      row.attemptNo,
      verdict.attempt,
      verdict.certainty,
      verdict.response,
      // A status event is written by the trigger. An unknown outcome changes no status.
      isUnknown(verdict) ? 'outcome_unknown' : null,
      answer !== undefined,
      answer?.claim.route ?? null,
      answer?.claim.key ?? null,
      answer?.httpStatus ?? null,
      answer?.response ?? null,
      answer?.responseHash ?? null,
    ],
  ];
}
