import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// provider_return_url is what the provider was told, so that a charge can be sent again byte for byte.
// sends counts the calls that may have reached the provider: 0 is an attempt that nobody has sent.
const columns = `
ALTER TABLE public.transactions
  ADD COLUMN payment_method_tokens jsonb,
  ADD COLUMN provider_return_url text,
  ADD COLUMN may_fail_over boolean NOT NULL DEFAULT false,
  ADD COLUMN retry_advice varchar(30),
  ADD CONSTRAINT check_transactions_tokens CHECK (
    payment_method_tokens IS NULL OR (payment_method_token IS NULL
      AND jsonb_typeof(payment_method_tokens) = 'object')),
  ADD CONSTRAINT check_transactions_retry_advice CHECK (retry_advice IN (
    'never', 'same_provider', 'other_provider', 'after_customer_action'));
ALTER TABLE public.transaction_attempts
  ADD COLUMN provider_error_code varchar(100),
  ADD COLUMN retry_advice varchar(30),
  ADD COLUMN sends smallint NOT NULL DEFAULT 1,
  ADD CONSTRAINT check_transaction_attempts_retry_advice CHECK (retry_advice IN (
    'never', 'same_provider', 'other_provider', 'after_customer_action')),
  ADD CONSTRAINT check_transaction_attempts_sends CHECK (
    sends >= 0 AND (sends > 0 OR certainty = 'never_sent' OR status = 'completed'));
GRANT INSERT (payment_method_tokens, provider_return_url, may_fail_over), UPDATE (retry_advice)
  ON public.transactions TO payments_api;
GRANT UPDATE (retry_advice) ON public.transactions TO payments_worker;
GRANT INSERT (sends), UPDATE (provider_error_code, retry_advice, sends)
  ON public.transaction_attempts TO payments_api, payments_worker;
`;

// The provider changes with a new attempt, whose two events come with it; or back to the provider of
// an earlier attempt that took the money after all.
const steps = `
CREATE OR REPLACE FUNCTION public.enforce_transaction_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moved boolean := (NEW.provider, NEW.provider_account)
    IS DISTINCT FROM (OLD.provider, OLD.provider_account);
BEGIN
  IF NEW.last_sequence > OLD.last_sequence
      + (CASE WHEN moved AND NEW.status = OLD.status THEN 2 ELSE 1 END) THEN
    RAISE EXCEPTION 'events are numbered one by one'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_sequence_step';
  END IF;
  IF moved AND NEW.status <> OLD.status AND NOT (NEW.status = 'completed' AND EXISTS (
      SELECT FROM public.transaction_attempts
      WHERE transaction_id = NEW.id AND partner_id = NEW.partner_id AND provider = NEW.provider
        AND provider_account = NEW.provider_account)) THEN
    RAISE EXCEPTION 'another provider may not tell the outcome'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_provider_step';
  END IF;
  RETURN NEW;
END $$;
`;

// At commit, because one statement writes both.
const providerTried = `
CREATE FUNCTION public.enforce_provider_tried() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> 'pending' AND NOT EXISTS (
      SELECT FROM public.transaction_attempts
      WHERE transaction_id = NEW.id AND partner_id = NEW.partner_id AND provider = NEW.provider
        AND provider_account = NEW.provider_account
        AND CASE WHEN NEW.status = OLD.status THEN attempt_no = NEW.retry_count + 1
          ELSE status = 'completed' AND provider_transaction_id = NEW.provider_transaction_id END)
  THEN
    RAISE EXCEPTION 'transaction % is at a provider that no attempt of it names', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_provider_tried';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER transactions_provider_tried
  AFTER UPDATE OF provider, provider_account ON public.transactions
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN ((NEW.provider, NEW.provider_account)
    IS DISTINCT FROM (OLD.provider, OLD.provider_account))
  EXECUTE FUNCTION public.enforce_provider_tried();
`;

// The event of an outcome tells what the provider of that outcome said, not the one that was asked last.
const logChanges = `
CREATE OR REPLACE FUNCTION public.log_transaction_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  by_refund boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.transaction_events (transaction_id, partner_id, sequence, event_type, status,
      created_by, request_id, ip_address)
    VALUES (NEW.id, NEW.partner_id, 1, 'created', NEW.status::text, NEW.changed_by,
      NEW.changed_request_id, NEW.ip_address);
  ELSIF NEW.status IS DISTINCT FROM OLD.status THEN
    by_refund := OLD.status IN ('completed', 'partially_refunded', 'refunded');
    INSERT INTO public.transaction_events (transaction_id, partner_id, sequence, event_type,
      from_status, status, provider_response, error_message, created_by, request_id, ip_address)
    VALUES (NEW.id, NEW.partner_id, NEW.last_sequence,
      CASE WHEN by_refund THEN 'status_changed' WHEN NEW.status = 'processing' THEN
        'payment_processing' ELSE 'payment_' || NEW.status END::public.event_type,
      OLD.status::text, NEW.status::text,
      CASE WHEN NOT by_refund THEN (SELECT a.provider_response FROM public.transaction_attempts AS a
        WHERE a.transaction_id = NEW.id AND a.partner_id = NEW.partner_id
        ORDER BY (a.provider, a.provider_account) = (NEW.provider, NEW.provider_account) DESC,
          a.attempt_no DESC LIMIT 1) END,
      CASE WHEN NEW.status = 'failed' THEN NEW.error_message END,
      NEW.changed_by, NEW.changed_request_id, NEW.ip_address);
  END IF;
  RETURN NULL;
END $$;
`;

export class FailOver1795300000024 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(columns + steps + providerTried + logChanges);
  }
}
