import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const settleTransaction = `provider, provider_account, provider_transaction_id, provider_customer_id,
  status, next_action, error_code, error_message, decline_code, retry_count, cancel_requested_at,
  cancellation_reason, next_sync_at, sync_count, last_sequence, changed_by, changed_request_id,
  updated_at, processed_at, failed_at, cancelled_at, expires_at,
  amount_refund_reserved, amount_refunded`;

const settleAttempt = `provider_transaction_id, status, certainty, error_code, error_message,
  decline_code, provider_response, finished_at`;

const settleRefund = `status, certainty, provider_refund_id, error_code, error_message, next_sync_at,
  sync_count, changed_by, changed_request_id, updated_at, processed_at, failed_at`;

const newRefund = `id, transaction_id, partner_id, idempotency_key, request_hash, amount, currency,
  refund_excess, reason, status, certainty, provider, provider_account, provider_refund_id,
  metadata, next_sync_at, changed_by, changed_request_id, created_at, updated_at, processed_at`;

const newAttempt = `id, transaction_id, partner_id, attempt_no, provider, provider_account,
  provider_transaction_id, status, certainty, started_at`;

const newEvent = `transaction_id, partner_id, refund_id, sequence, event_type, from_status, status,
  provider_response, error_message, created_by, request_id, ip_address`;

const newAudit = `partner_id, actor, actor_type, action, resource_type, resource_id, http_status,
  occurrences, ip_address, user_agent, request_id, changes, created_at`;

const partnerWithoutHash = `id, name, email, api_key_prefix, is_active, rate_limit_per_minute,
  webhook_url, webhook_secret, metadata, version, created_at, updated_at, deleted_at`;

const answerKey = `resource_type, resource_id, http_status, response, response_hash, locked_until,
  expires_at`;

const everyone = `
GRANT SELECT ON public.cache_versions, public.currencies, public.payment_methods
  TO payments_api, payments_worker, payments_operations;
`;

const api = `
GRANT SELECT (${partnerWithoutHash}), UPDATE (webhook_url, webhook_secret, updated_at)
  ON public.partners TO payments_api;
GRANT SELECT (id, partner_id, name, prefix, scopes, expires_at, revoked_at, last_used_at, created_at),
  INSERT (id, partner_id, name, prefix, hash, scopes, expires_at, created_at),
  UPDATE (name, expires_at, revoked_at) ON public.partner_api_keys TO payments_api;
GRANT SELECT, UPDATE (${settleTransaction}), INSERT (id, partner_id, idempotency_key, amount,
  currency, payment_method, payment_method_token, provider, provider_account, status,
  customer_email, customer_email_hash, customer_name, customer_phone, reference, description,
  metadata, return_url, browser, ip_address, user_agent, request_id, next_sync_at, last_sequence,
  changed_by, changed_request_id, created_at, updated_at, expires_at)
  ON public.transactions TO payments_api;
GRANT SELECT, INSERT (${newAttempt}), UPDATE (${settleAttempt})
  ON public.transaction_attempts TO payments_api, payments_worker;
GRANT SELECT, INSERT (${newRefund}), UPDATE (${settleRefund})
  ON public.refunds TO payments_api, payments_worker;
GRANT SELECT, INSERT (${newEvent}) ON public.transaction_events TO payments_api, payments_worker;
GRANT SELECT, INSERT (${newAudit}) ON public.audit_logs TO payments_api, payments_worker;
GRANT SELECT, INSERT (partner_id, route, key, fields, fingerprint, ${answerKey}, created_at),
  UPDATE (${answerKey}) ON public.idempotency_keys TO payments_api;
GRANT INSERT (id, provider, provider_account, provider_event_id, event_type, body, occurred_at,
  status, received_at) ON public.provider_webhooks TO payments_api;
GRANT EXECUTE ON FUNCTION public.find_api_key(text), public.touch_api_key(uuid) TO payments_api;
`;

const worker = `
GRANT SELECT (${partnerWithoutHash}) ON public.partners TO payments_worker;
GRANT SELECT, UPDATE (${settleTransaction}) ON public.transactions TO payments_worker;
GRANT SELECT, UPDATE (${answerKey}) ON public.idempotency_keys TO payments_worker;
GRANT SELECT, UPDATE (status, partner_id, transaction_id, refund_id, attempt_count,
  next_attempt_at, last_error, applied_at) ON public.provider_webhooks TO payments_worker;
GRANT EXECUTE ON FUNCTION public.ensure_partitions(integer, timestamptz) TO payments_worker;
`;

const operations = `
GRANT SELECT ON public.partners, public.partner_api_keys, public.operator_keys,
  public.transactions, public.transaction_attempts, public.refunds, public.transaction_events,
  public.audit_logs, public.idempotency_keys, public.provider_webhooks TO payments_operations;
GRANT INSERT (id, name, email, api_key_hash, api_key_prefix, is_active, rate_limit_per_minute,
  webhook_url, webhook_secret, metadata, created_at, updated_at), UPDATE (name, email, is_active,
  rate_limit_per_minute, webhook_url, webhook_secret, metadata, updated_at, deleted_at)
  ON public.partners TO payments_operations;
GRANT INSERT (id, partner_id, name, prefix, hash, scopes, expires_at, created_at),
  UPDATE (name, scopes, expires_at, revoked_at) ON public.partner_api_keys TO payments_operations;
GRANT INSERT (id, operator, prefix, hash, scopes, expires_at, created_at),
  UPDATE (scopes, expires_at, revoked_at, last_used_at) ON public.operator_keys
  TO payments_operations;
GRANT INSERT, UPDATE (name, symbol, is_active, min_amount, max_amount) ON public.currencies
  TO payments_operations;
GRANT UPDATE (name, is_active) ON public.payment_methods TO payments_operations;
GRANT INSERT (${newAudit}) ON public.audit_logs TO payments_operations;
`;

const sharedFunctions = `
GRANT USAGE ON SEQUENCE public.transaction_events_id_seq TO payments_api, payments_worker;
GRANT USAGE ON SEQUENCE public.audit_logs_id_seq
  TO payments_api, payments_worker, payments_operations;
GRANT EXECUTE ON FUNCTION
  public.may_move_transaction(text, text, text, text, text),
  public.may_move_refund(text, text, text, text, text, text),
  public.lock_refundable_transaction(public.refunds) TO payments_api, payments_worker;
`;

const definer = `
GRANT SELECT (id, name, api_key_hash, is_active, deleted_at, rate_limit_per_minute, webhook_url),
  UPDATE (api_key_hash, api_key_prefix) ON public.partners TO payments_definer;
GRANT SELECT, UPDATE (last_used_at) ON public.partner_api_keys TO payments_definer;
GRANT SELECT, UPDATE (version) ON public.cache_versions TO payments_definer;
GRANT CREATE ON SCHEMA public TO payments_definer;
ALTER FUNCTION public.mirror_api_key() OWNER TO payments_definer;
ALTER FUNCTION public.bump_cache_version() OWNER TO payments_definer;
ALTER FUNCTION public.find_api_key(text) OWNER TO payments_definer;
ALTER FUNCTION public.touch_api_key(uuid) OWNER TO payments_definer;
REVOKE CREATE ON SCHEMA public FROM payments_definer;
`;

export class GrantRoles1795300000016 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(everyone + api + worker + operations + sharedFunctions + definer);
  }
}
