import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// FOR SHARE waits for an outcome that is being written, so no attempt starts beside a success.
const attemptParent = `
CREATE FUNCTION public.enforce_attempt_parent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.transactions
    WHERE id = NEW.transaction_id AND partner_id = NEW.partner_id AND status = 'processing'
    FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'an attempt needs a transaction in processing'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transaction_attempts_parent_processing';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER enforce_attempt_parent_trigger AFTER INSERT ON public.transaction_attempts
  FOR EACH ROW EXECUTE FUNCTION public.enforce_attempt_parent();
`;

// At commit, because the statement that moves the transaction writes its attempts as well.
const attemptsAgree = `
CREATE FUNCTION public.enforce_attempts_agree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  current_status public.transaction_status;
  attempts bigint;
  undecided bigint;
BEGIN
  SELECT t.status, count(a.id),
      count(a.id) FILTER (WHERE a.status IN ('in_flight', 'processing', 'completed'))
    INTO current_status, attempts, undecided
    FROM public.transactions AS t
    LEFT JOIN public.transaction_attempts AS a
      ON a.transaction_id = t.id AND a.partner_id = t.partner_id
    WHERE t.id = NEW.id AND t.partner_id = NEW.partner_id
    GROUP BY t.status;
  IF NOT FOUND OR (current_status = 'processing' AND attempts = 0)
    OR (current_status IN ('failed', 'cancelled') AND undecided > 0) THEN
    RAISE EXCEPTION 'transaction % is % but its attempts say otherwise', NEW.id, current_status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_attempts_agree';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER transactions_attempts_agree
  AFTER INSERT OR UPDATE OF status ON public.transactions
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.status IN ('processing', 'failed', 'cancelled'))
  EXECUTE FUNCTION public.enforce_attempts_agree();
`;

// An attempt exists only once money may be moving: then the cancellation is the provider's word.
const cancelWithoutAttempt = `
CREATE FUNCTION public.enforce_cancel_without_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM public.transaction_attempts
      WHERE transaction_id = NEW.id AND partner_id = NEW.partner_id) THEN
    RAISE EXCEPTION 'transaction % has an attempt and can''t be cancelled here', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_transition';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER enforce_cancel_without_attempt_trigger BEFORE UPDATE ON public.transactions
  FOR EACH ROW WHEN (OLD.status = 'pending' AND NEW.status = 'cancelled')
  EXECUTE FUNCTION public.enforce_cancel_without_attempt();
`;

export class GuardAttempts1795300000011 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(attemptParent + attemptsAgree + cancelWithoutAttempt);
  }
}
