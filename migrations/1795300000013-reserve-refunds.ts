import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// The counter on the parent row is the lock and the truth in one: a SUM over refunds reads a snapshot
// that is older than the lock, and over-refunds. Deleted refunds still count: their money has left.
const findParent = `
CREATE FUNCTION public.lock_refundable_transaction(p_refund public.refunds)
RETURNS public.transactions LANGUAGE plpgsql AS $$
DECLARE
  parent public.transactions;
BEGIN
  SELECT * INTO parent FROM public.transactions
    WHERE id = p_refund.transaction_id AND partner_id = p_refund.partner_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'transaction % not found', p_refund.transaction_id
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'refunds_transaction_visible';
  END IF;
  IF parent.status NOT IN ('completed', 'partially_refunded', 'refunded')
    OR (parent.deleted_at IS NOT NULL AND p_refund.changed_by NOT LIKE 'provider:%') THEN
    RAISE EXCEPTION 'a transaction in % can''t be refunded', parent.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_transaction_refundable';
  END IF;
  IF p_refund.currency <> parent.currency THEN
    RAISE EXCEPTION 'the payment was made in %', parent.currency
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_currency_match';
  END IF;
  IF (p_refund.provider, p_refund.provider_account)
    IS DISTINCT FROM (parent.provider, parent.provider_account) THEN
    RAISE EXCEPTION 'a refund goes to the provider that took the payment'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_provider_match';
  END IF;
  IF p_refund.amount <> (SELECT round(p_refund.amount, decimal_places)
      FROM public.currencies WHERE code = p_refund.currency) THEN
    RAISE EXCEPTION 'amount % has too many decimals', p_refund.amount
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_amount_scale';
  END IF;
  RETURN parent;
END $$;
`;

const validate = `
CREATE FUNCTION public.validate_refund_amount() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  parent public.transactions;
  refundable numeric(19,4);
BEGIN
  -- Only a new row can ask for more money: amounts are immutable and a failed refund stays failed.
  IF TG_OP = 'UPDATE' THEN
    RETURN NEW;
  END IF;
  parent := public.lock_refundable_transaction(NEW);
  refundable := parent.amount - parent.amount_refund_reserved;
  IF NEW.changed_by LIKE 'provider:%' THEN
    NEW.refund_excess := GREATEST(0, NEW.amount - refundable);
  END IF;
  IF NEW.amount - NEW.refund_excess > refundable THEN
    RAISE EXCEPTION 'Refund amount exceeds transaction amount'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_within_amount',
        DETAIL = format('refundable=%s', refundable);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER validate_refund_amount_trigger BEFORE INSERT OR UPDATE ON public.refunds
  FOR EACH ROW EXECUTE FUNCTION public.validate_refund_amount();
`;

// The counters move after the row is in: a BEFORE trigger also fires for a row that ON CONFLICT
// DO NOTHING then drops, and would reserve money for a refund that does not exist.
const rollUp = `
CREATE FUNCTION public.roll_up_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held numeric(19,4) := NEW.amount - NEW.refund_excess;
  reserved_delta numeric(19,4) := 0;
  refunded_delta numeric(19,4) := 0;
BEGIN
  IF TG_OP = 'INSERT' THEN
    reserved_delta := held;
    refunded_delta := CASE WHEN NEW.status = 'completed' THEN held ELSE 0 END;
  ELSIF NEW.status IS DISTINCT FROM OLD.status THEN
    reserved_delta := CASE WHEN NEW.status = 'failed' THEN -held ELSE 0 END;
    refunded_delta := CASE WHEN NEW.status = 'completed' THEN held
      WHEN OLD.status = 'completed' THEN -held ELSE 0 END;
  END IF;
  IF reserved_delta = 0 AND refunded_delta = 0 THEN
    RETURN NULL;
  END IF;
  UPDATE public.transactions
    SET amount_refund_reserved = amount_refund_reserved + reserved_delta,
      amount_refunded = amount_refunded + refunded_delta,
      status = CASE
        WHEN amount_refunded + refunded_delta = 0 THEN 'completed'
        WHEN amount_refunded + refunded_delta < amount THEN 'partially_refunded'
        ELSE 'refunded' END::public.transaction_status,
      changed_by = NEW.changed_by, changed_request_id = NEW.changed_request_id
    WHERE id = NEW.transaction_id AND partner_id = NEW.partner_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'transaction % not found', NEW.transaction_id
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'refunds_transaction_visible';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER roll_up_refunds_trigger AFTER INSERT OR UPDATE OF status ON public.refunds
  FOR EACH ROW EXECUTE FUNCTION public.roll_up_refunds();
`;

const logChanges = `
CREATE FUNCTION public.log_refund_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  next_sequence integer;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.status = OLD.status THEN
    RETURN NULL;
  END IF;
  UPDATE public.transactions
    SET last_sequence = last_sequence + 1,
      changed_by = NEW.changed_by, changed_request_id = NEW.changed_request_id
    WHERE id = NEW.transaction_id AND partner_id = NEW.partner_id
    RETURNING last_sequence INTO next_sequence;
  INSERT INTO public.transaction_events (transaction_id, partner_id, refund_id, sequence,
    event_type, from_status, status, error_message, created_by, request_id)
  VALUES (NEW.transaction_id, NEW.partner_id, NEW.id, next_sequence,
    CASE WHEN TG_OP = 'INSERT' AND NEW.status <> 'completed' THEN 'refund_initiated'
      ELSE 'refund_' || NEW.status END::public.event_type,
    CASE WHEN TG_OP = 'UPDATE' THEN OLD.status::text END, NEW.status::text,
    CASE WHEN NEW.status = 'failed' THEN NEW.error_message END,
    NEW.changed_by, NEW.changed_request_id);
  RETURN NULL;
END $$;
CREATE TRIGGER log_refund_changes_trigger AFTER INSERT OR UPDATE OF status ON public.refunds
  FOR EACH ROW EXECUTE FUNCTION public.log_refund_changes();
`;

export class ReserveRefunds1795300000013 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(findParent + validate + rollUp + logChanges);
  }
}
