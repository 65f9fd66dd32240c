import type { ProviderAccount } from '@libs/providers';
import type { Transaction } from './transaction.entity.js';
import type { Verdict } from './verdict.js';

/** How a payment goes on to another account. */
export interface FailoverRow {
  transaction: Transaction;
  attemptNo: number;
  /** The new attempt's id. */
  attemptId: string;
  to: Pick<ProviderAccount, 'code' | 'account'>;
  verdict: Verdict;
  actor: string;
  requestId: string | undefined;
  nextSyncInMs: number;
}

type Statement = [text: string, values: unknown[]];

/**
 * Ends one attempt and opens the next, that nobody has sent yet: both or neither, while the payment
 * stays in processing. A payment that its partner cancelled goes nowhere.
 */
const failOver = `
WITH payment AS MATERIALIZED (
  SELECT id, partner_id FROM transactions WHERE id = $1 AND partner_id = $2 FOR NO KEY UPDATE
), call AS MATERIALIZED (
  SELECT a.sends, a.certainty FROM transaction_attempts AS a
  JOIN payment ON payment.id = a.transaction_id AND payment.partner_id = a.partner_id
  WHERE a.attempt_no = $4 AND a.status IN ('in_flight', 'processing') FOR NO KEY UPDATE OF a
), t AS (
  UPDATE transactions SET provider = $5::payment_provider, provider_account = $6::text,
    provider_transaction_id = NULL, provider_customer_id = NULL, next_action = NULL,
    retry_count = retry_count + 1, last_sequence = last_sequence + 2,
    next_sync_at = clock_timestamp() + $8::bigint * interval '1 ms',
    changed_by = $9::text, changed_request_id = $10::uuid
  WHERE id = $1 AND partner_id = $2 AND version = $3 AND status = 'processing'
    AND retry_count = $4 - 1 AND cancel_requested_at IS NULL AND may_fail_over
    AND (SELECT $20::int IS NULL OR (sends = $20::int AND certainty <> 'confirmed') FROM call)
  RETURNING *
), closed AS (
  UPDATE transaction_attempts AS a SET status = $11::text, certainty = $12::text,
    sends = CASE $12::text WHEN 'never_sent' THEN 0 WHEN 'confirmed' THEN GREATEST(a.sends, 1)
      ELSE a.sends END,
    provider_transaction_id = COALESCE($13::text, a.provider_transaction_id),
    error_code = $14::text, error_message = $15::text, decline_code = $16::text,
    provider_error_code = $17::text, retry_advice = $18::text,
    provider_response = COALESCE($19::jsonb, a.provider_response), finished_at = clock_timestamp()
  FROM t
  WHERE a.transaction_id = t.id AND a.partner_id = t.partner_id AND a.attempt_no = $4
  RETURNING a.attempt_no
), opened AS (
  INSERT INTO transaction_attempts (id, transaction_id, partner_id, attempt_no, provider,
    provider_account, status, certainty, sends)
  SELECT $7::uuid, t.id, t.partner_id, closed.attempt_no + 1, t.provider, t.provider_account,
    'in_flight', 'never_sent', 0
  FROM t, closed
), events AS (
  INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type,
    provider_response, error_message, created_by, request_id, ip_address)
  SELECT t.id, t.partner_id, t.last_sequence - 1, 'attempt_failed'::event_type, $19::jsonb,
    $15::text, $9::text, $10::uuid, t.ip_address
  FROM t
  UNION ALL
  SELECT t.id, t.partner_id, t.last_sequence, 'attempt_started'::event_type, NULL, NULL,
    'system', $10::uuid, t.ip_address
  FROM t
)
SELECT * FROM t`;

export function failOverTransaction(row: FailoverRow): Statement {
  const { transaction, verdict, to } = row;
  return [
    failOver,
    [
      transaction.id,
      transaction.partnerId,
      transaction.version,
      row.attemptNo,
      to.code,
      to.account,
      row.attemptId,
      row.nextSyncInMs,
      row.actor,
      row.requestId ?? null,
      // A provider that turned the call away would take it later; this payment does not wait.
      verdict.attempt === 'in_flight' ? 'failed' : verdict.attempt,
      verdict.certainty,
      verdict.providerTransactionId,
      verdict.errorCode ?? 'provider_unavailable',
      verdict.errorMessage,
      verdict.declineCode,
      verdict.providerErrorCode,
      verdict.retryAdvice,
      verdict.response,
      verdict.presumedSends,
    ],
  ];
}

/**
 * Counts a call of an attempt before it is made, while the payment is with its account and nobody cancelled it.
 *
 * Both rows are locked, the payment first as in a settlement: whoever counted the same calls before, or wishes to
 * cancel, is waited for and seen.
 */
const countCall = `
WITH t AS MATERIALIZED (
  SELECT id, partner_id, provider, provider_account FROM transactions
  WHERE id = $1 AND partner_id = $2 AND status = 'processing' AND cancel_requested_at IS NULL
  FOR SHARE
)
UPDATE transaction_attempts AS a SET sends = LEAST(a.sends + 1, 32767),
  certainty = CASE a.certainty WHEN 'never_sent' THEN 'sent_unconfirmed' ELSE a.certainty END
FROM t
WHERE a.transaction_id = t.id AND a.partner_id = t.partner_id AND a.attempt_no = $3
  AND a.provider = t.provider AND a.provider_account = t.provider_account
  AND a.status IN ('in_flight', 'processing') AND ($4::int IS NULL OR a.sends = $4::int)
RETURNING a.attempt_no`;

export function countCallOf(
  { id, partnerId }: Pick<Transaction, 'id' | 'partnerId'>,
  attemptNo: number,
  sends: number | undefined,
): Statement {
  return [countCall, [id, partnerId, attemptNo, sends ?? null]];
}
