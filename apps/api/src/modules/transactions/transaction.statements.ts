import type { Caller, IdempotencyClaim } from '../../http/request.js';
import type { Transaction } from './transaction.entity.js';

/** A payment that is about to be recorded. */
export type TransactionDraft = Pick<
  Transaction,
  | 'id'
  | 'idempotencyKey'
  | 'amount'
  | 'currency'
  | 'paymentMethod'
  | 'paymentMethodToken'
  | 'paymentMethodTokens'
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
  | 'providerReturnUrl'
  | 'mayFailOver'
  | 'browser'
  | 'ipAddress'
  | 'userAgent'
> & { status: 'pending' | 'processing'; attemptId: string };

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
    created_at, updated_at, expires_at, next_sync_at, payment_method_tokens, provider_return_url,
    may_fail_over)
  SELECT resource_id, $1::uuid, $3::text, $8::transaction_status, $9::numeric, $10::text,
    $11::text, $12::text, $13::payment_provider, $14::text, $15::text, $16::text, $17::text,
    $18::text, $19::text, $20::text, $21::jsonb, $22::text, $23::jsonb, $24::inet, $25::text,
    $26::uuid, 'partner', $26::uuid, now(), now(),
    CASE WHEN $8::transaction_status = 'pending' THEN now() + interval '24 hours' END,
    CASE WHEN $8::transaction_status = 'processing' THEN now() + $7::int * interval '1 ms' END,
    $31::jsonb, $32::text, $33::boolean
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
    jsonb_build_object('after', jsonb_build_object('status', status, 'amount',
      round(amount, decimal_places)::text, 'currency', currency, 'provider', provider))
  FROM t JOIN currencies AS c ON c.code = t.currency
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
      draft.paymentMethodTokens,
      draft.providerReturnUrl,
      draft.mayFailOver,
    ],
  ];
}
