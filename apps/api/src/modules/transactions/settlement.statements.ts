import type { ProviderCode } from '@libs/providers';
import type { IdempotencyClaim } from '../../http/request.js';
import type { SealedAnswer } from '../idempotency/index.js';
import type { Transaction } from './transaction.entity.js';
import { isUnknown, type Verdict } from './verdict.js';

/** How one settlement is written. */
export interface SettlementRow {
  transaction: Transaction;
  attemptNo: number;
  /** The account of the attempt, where the payment has gone on to another one since. */
  toldBy: { provider: ProviderCode; providerAccount: string } | undefined;
  status: Transaction['status'];
  verdict: Verdict;
  actor: string;
  requestId: string | undefined;
  /** The moment it happened; the database's own clock when absent. */
  at: Date | undefined;
  nextSyncInMs: number | null;
  /** Ends the schedule of a payment that nobody can be asked about. */
  leastSyncs: number;
  /** Nothing is written while another attempt may take the money: people are told of that before. */
  isAlone: boolean;
  answer: (SealedAnswer & { claim: IdempotencyClaim; httpStatus: number }) | undefined;
}

type Statement = [text: string, values: unknown[]];

/**
 * The payment's new state, what is known of its attempt, and the answer to whoever waits for it.
 *
 * That nothing was sent, or that a call was refused, is true only of the one call that was made:
 * whoever calls again counts it in `sends` before. A provider's word shows that there was a call. A
 * success ends the attempts that nobody has sent. What was said of a promise is not forgotten, and
 * gives way only to more: made, kept, undone.
 *
 * Everybody locks the payment before its attempts. What waited for a lock reads the attempts as they are then.
 */
const settle = `
WITH payment AS MATERIALIZED (
  SELECT id, partner_id FROM transactions WHERE id = $1 AND partner_id = $2 FOR NO KEY UPDATE
), calls AS MATERIALIZED (
  SELECT a.attempt_no, a.sends, a.certainty, a.finished_at
  FROM transaction_attempts AS a
  JOIN payment ON payment.id = a.transaction_id AND payment.partner_id = a.partner_id
  FOR NO KEY UPDATE OF a
), t AS (
  UPDATE transactions SET
    status = $4::transaction_status,
    provider = COALESCE($26::payment_provider, provider),
    provider_account = COALESCE($27::text, provider_account),
    provider_transaction_id = COALESCE($5::text, provider_transaction_id),
    provider_customer_id = COALESCE($6::text, provider_customer_id),
    next_action = $7::jsonb,
    error_code = $8::text,
    error_message = CASE WHEN $4::transaction_status = 'failed' THEN $9::text END,
    decline_code = $10::text,
    retry_advice = CASE WHEN $4::transaction_status = 'failed' THEN $29::text END,
    processed_at = CASE WHEN $4::transaction_status = 'completed'
      THEN COALESCE(processed_at, $11::timestamptz, clock_timestamp()) ELSE processed_at END,
    failed_at = CASE WHEN $4::transaction_status = 'failed'
      THEN COALESCE(failed_at, $11::timestamptz, clock_timestamp()) ELSE failed_at END,
    cancelled_at = CASE WHEN $4::transaction_status = 'cancelled'
      THEN COALESCE(cancelled_at, $11::timestamptz, clock_timestamp()) ELSE cancelled_at END,
    updated_at = COALESCE($11::timestamptz, clock_timestamp()),
    next_sync_at = clock_timestamp() + $12::bigint * interval '1 ms',
    sync_count = GREATEST(sync_count, $31::int),
    last_sequence = last_sequence + CASE WHEN $19::event_type IS NULL THEN 0 ELSE 1 END,
    changed_by = $13::text,
    changed_request_id = $14::uuid
  WHERE id = $1 AND partner_id = $2 AND version = $3
    AND ($30::int IS NULL OR EXISTS (SELECT FROM calls
      WHERE attempt_no = $15 AND sends = $30::int AND certainty <> 'confirmed'))
    AND NOT ($32::boolean AND EXISTS (SELECT FROM calls
      WHERE attempt_no <> $15 AND sends > 0 AND finished_at IS NULL))
  RETURNING *
), attempt AS (
  UPDATE transaction_attempts AS a SET
    status = CASE WHEN $17::text = 'sent_unconfirmed' THEN a.status ELSE $16::text END,
    certainty = CASE WHEN $17::text = 'sent_unconfirmed' THEN a.certainty ELSE $17::text END,
    sends = CASE $17::text WHEN 'never_sent' THEN 0 WHEN 'confirmed' THEN GREATEST(a.sends, 1)
      ELSE a.sends END,
    provider_transaction_id = COALESCE($5::text, a.provider_transaction_id),
    error_code = $8::text,
    error_message = $9::text,
    decline_code = $10::text,
    provider_error_code = $28::text,
    retry_advice = $29::text,
    provider_response = CASE
      WHEN $18::jsonb IS NULL THEN a.provider_response
      WHEN CASE a.provider_response->>'promise' WHEN 'undone' THEN true
          WHEN 'kept' THEN $18::jsonb->>'promise' IS DISTINCT FROM 'undone'
          WHEN 'made' THEN $18::jsonb->>'promise' IS NULL END
        THEN $18::jsonb || jsonb_build_object('promise', a.provider_response->'promise')
      ELSE $18::jsonb END,
    finished_at = CASE WHEN $16::text IN ('in_flight', 'processing') THEN a.finished_at
      ELSE COALESCE($11::timestamptz, clock_timestamp()) END
  FROM t
  WHERE a.transaction_id = t.id AND a.partner_id = t.partner_id AND a.attempt_no = $15
), unsent AS (
  UPDATE transaction_attempts AS a SET status = 'cancelled', finished_at = clock_timestamp()
  FROM t
  WHERE a.transaction_id = t.id AND a.partner_id = t.partner_id AND a.attempt_no > $15
    AND t.status = 'completed' AND a.status = 'in_flight' AND a.sends = 0
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
      row.toldBy?.provider ?? null,
      row.toldBy?.providerAccount ?? null,
      verdict.providerErrorCode,
      verdict.retryAdvice,
      verdict.presumedSends,
      row.leastSyncs,
      row.isAlone,
    ],
  ];
}

/**
 * What the provider of an attempt said once the payment was paid by another one: the attempt and an
 * event. It changes nothing that is as it was.
 */
const recordBeside = `
WITH payment AS MATERIALIZED (
  SELECT id, partner_id FROM transactions WHERE id = $1 AND partner_id = $2 FOR NO KEY UPDATE
), a AS (
  UPDATE transaction_attempts SET status = $4::text, certainty = $5::text,
    sends = CASE $5::text WHEN 'confirmed' THEN GREATEST(sends, 1) ELSE sends END,
    provider_transaction_id = COALESCE($6::text, provider_transaction_id),
    error_code = $7::text, error_message = $8::text, decline_code = $9::text,
    provider_error_code = $10::text, retry_advice = $11::text,
    provider_response = COALESCE($12::jsonb, provider_response), finished_at = clock_timestamp()
  FROM payment
  WHERE transaction_id = payment.id AND transaction_attempts.partner_id = payment.partner_id
    AND attempt_no = $3
    AND (status IN ('in_flight', 'processing') OR ($4::text = 'completed' AND status <> 'completed'))
    AND ($15::int IS NULL OR (sends = $15::int AND certainty <> 'confirmed'))
  RETURNING transaction_attempts.transaction_id, transaction_attempts.partner_id
), t AS (
  UPDATE transactions SET last_sequence = last_sequence + 1, changed_by = $13::text,
    changed_request_id = $14::uuid
  FROM a WHERE transactions.id = a.transaction_id AND transactions.partner_id = a.partner_id
  RETURNING transactions.*
), event AS (
  INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type,
    provider_response, error_message, created_by, request_id, ip_address)
  SELECT id, partner_id, last_sequence,
    CASE WHEN $4::text = 'completed' THEN 'webhook_received' ELSE 'attempt_failed' END::event_type,
    $12::jsonb, $8::text, $13::text, $14::uuid, ip_address
  FROM t
)
SELECT * FROM t`;

export function recordAttemptBeside(row: Omit<SettlementRow, 'answer'>): Statement {
  const { transaction, verdict } = row;
  return [
    recordBeside,
    [
      transaction.id,
      transaction.partnerId,
      row.attemptNo,
      verdict.attempt,
      verdict.certainty,
      verdict.providerTransactionId,
      verdict.errorCode,
      verdict.errorMessage,
      verdict.declineCode,
      verdict.providerErrorCode,
      verdict.retryAdvice,
      verdict.response,
      row.actor,
      row.requestId ?? null,
      verdict.presumedSends,
    ],
  ];
}
