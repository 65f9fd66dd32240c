import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// What an attempt ended with is evidence: only a late success may still change it, and nothing undoes
// a success or forgets the id under which the provider knows it.
const attemptMoves = `
CREATE FUNCTION public.enforce_attempt_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> OLD.status AND NOT (OLD.status = 'in_flight'
      OR (OLD.status = 'processing' AND NEW.status <> 'in_flight')
      OR (OLD.status IN ('declined', 'failed', 'cancelled') AND NEW.status = 'completed')) THEN
    RAISE EXCEPTION 'an attempt may not go from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transaction_attempts_transition';
  END IF;
  IF (OLD.status = 'completed' AND (NEW.certainty, NEW.finished_at)
      IS DISTINCT FROM (OLD.certainty, OLD.finished_at))
    OR (OLD.status NOT IN ('in_flight', 'processing') AND OLD.provider_transaction_id IS NOT NULL
      AND NEW.provider_transaction_id IS DISTINCT FROM OLD.provider_transaction_id) THEN
    RAISE EXCEPTION 'the evidence of an attempt was changed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transaction_attempts_immutable';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER enforce_attempt_transition_trigger BEFORE UPDATE ON public.transaction_attempts
  FOR EACH ROW EXECUTE FUNCTION public.enforce_attempt_transition();
`;

const noAttemptAfterSuccess = `
CREATE FUNCTION public.enforce_attempt_needed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM public.transaction_attempts
      WHERE transaction_id = NEW.transaction_id AND partner_id = NEW.partner_id
        AND status = 'completed') THEN
    RAISE EXCEPTION 'the payment was taken by an earlier attempt'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transaction_attempts_after_success';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER enforce_attempt_needed_trigger BEFORE INSERT ON public.transaction_attempts
  FOR EACH ROW WHEN (NEW.attempt_no > 1) EXECUTE FUNCTION public.enforce_attempt_needed();
`;

// At commit, because one statement writes both.
const successAgrees = `
CREATE FUNCTION public.enforce_success_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.transactions
      WHERE id = NEW.transaction_id AND partner_id = NEW.partner_id
        AND status IN ('completed', 'partially_refunded', 'refunded')) THEN
    RAISE EXCEPTION 'an attempt of transaction % took the money, and the payment is not completed',
      NEW.transaction_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transaction_attempts_success_agrees';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER transaction_attempts_success_agrees
  AFTER INSERT OR UPDATE OF status ON public.transaction_attempts
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.status = 'completed')
  EXECUTE FUNCTION public.enforce_success_agrees();
`;

const transactionChanges = `
CREATE FUNCTION public.enforce_transaction_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.last_sequence > OLD.last_sequence + 1 THEN
    RAISE EXCEPTION 'events are numbered one by one'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_sequence_step';
  END IF;
  IF NEW.status <> OLD.status
    AND (NEW.provider, NEW.provider_account) IS DISTINCT FROM (OLD.provider, OLD.provider_account)
  THEN
    RAISE EXCEPTION 'another provider may not tell the outcome'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_provider_step';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER enforce_transaction_step_trigger BEFORE UPDATE ON public.transactions
  FOR EACH ROW EXECUTE FUNCTION public.enforce_transaction_step();
`;

const refundsTold = `
CREATE FUNCTION public.enforce_refund_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a provider tells of its refund by its id'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_told_by_id';
END $$;
CREATE TRIGGER enforce_refund_word_trigger BEFORE INSERT ON public.refunds
  FOR EACH ROW WHEN (NEW.changed_by LIKE 'provider:%' AND NEW.provider_refund_id IS NULL)
  EXECUTE FUNCTION public.enforce_refund_word();
`;

// A rotation of keys may replace one envelope by another; nobody else touches what was answered.
const answersStand = `
CREATE FUNCTION public.enforce_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.http_status, NEW.resource_type, NEW.resource_id)
      IS DISTINCT FROM (OLD.http_status, OLD.resource_type, OLD.resource_id)
    OR NEW.expires_at < OLD.expires_at
    OR ((NEW.response, NEW.response_hash) IS DISTINCT FROM (OLD.response, OLD.response_hash)
      AND current_user IN ('payments_api', 'payments_worker')) THEN
    RAISE EXCEPTION 'an answer that was given stands'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'idempotency_keys_answered';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER enforce_answer_trigger BEFORE UPDATE ON public.idempotency_keys
  FOR EACH ROW WHEN (OLD.http_status IS NOT NULL) EXECUTE FUNCTION public.enforce_answer();
`;

const tenant = `partner_id = ANY ((SELECT string_to_array(current_setting('app.current_partner_id', true), ',')::uuid[])::uuid[])`;
const extraEvent = `pg_trigger_depth() > 0 OR (from_status IS NULL AND status IS NULL AND event_type IN (
    'payment_initiated', 'attempt_started', 'attempt_failed', 'outcome_unknown', 'webhook_received'))`;

const nobodyForges = `
ALTER POLICY partner_insert ON public.transaction_events WITH CHECK (${tenant} AND (${extraEvent}));
ALTER POLICY worker_insert ON public.transaction_events WITH CHECK (${extraEvent});
CREATE POLICY no_operator_of_worker ON public.transactions AS RESTRICTIVE FOR UPDATE
  TO payments_worker WITH CHECK (changed_by NOT LIKE 'operator:%');
CREATE POLICY no_operator_of_worker ON public.refunds AS RESTRICTIVE FOR UPDATE
  TO payments_worker WITH CHECK (changed_by NOT LIKE 'operator:%');
CREATE POLICY no_new_of_operator ON public.refunds AS RESTRICTIVE FOR INSERT
  TO payments_worker WITH CHECK (changed_by NOT LIKE 'operator:%');
CREATE POLICY no_operator_of_worker ON public.transaction_events AS RESTRICTIVE FOR INSERT
  TO payments_worker WITH CHECK (created_by IS NULL OR created_by NOT LIKE 'operator:%');
CREATE POLICY no_operator_of_worker ON public.audit_logs AS RESTRICTIVE FOR INSERT
  TO payments_worker WITH CHECK (actor_type <> 'operator');
`;

export class GuardEvidence1795300000023 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(attemptMoves + noAttemptAfterSuccess + successAgrees);
    await queryRunner.query(transactionChanges + refundsTold + answersStand + nobodyForges);
  }
}
