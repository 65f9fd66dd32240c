import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const validateAmount = `
CREATE FUNCTION public.validate_transaction_amount() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  money public.currencies;
BEGIN
  SELECT * INTO money FROM public.currencies WHERE code = NEW.currency AND is_active;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'currency % is not supported', NEW.currency
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_currency_active';
  END IF;
  IF NEW.amount <> round(NEW.amount, money.decimal_places) THEN
    RAISE EXCEPTION 'amount % has more than % decimals', NEW.amount, money.decimal_places
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_amount_scale';
  END IF;
  IF NEW.amount NOT BETWEEN money.min_amount AND money.max_amount THEN
    RAISE EXCEPTION 'amount % is outside the bounds of %', NEW.amount, NEW.currency
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_amount_range';
  END IF;
  PERFORM 1 FROM public.payment_methods WHERE code = NEW.payment_method AND is_active;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'payment method % is not supported', NEW.payment_method
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_payment_method_active';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER validate_transaction_amount_trigger
  BEFORE INSERT OR UPDATE OF amount, currency, payment_method ON public.transactions
  FOR EACH ROW EXECUTE FUNCTION public.validate_transaction_amount();
`;

const mayMove = `
CREATE FUNCTION public.may_move_transaction(
  p_from text, p_to text, p_actor text, p_provider text, p_evidence text
) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  told boolean := p_actor = 'provider:' || p_provider AND p_provider <> 'manual';
  by_operator boolean := p_actor LIKE 'operator:%';
  by_hand boolean := by_operator AND p_provider = 'manual' AND p_evidence IS NOT NULL;
  derived boolean := pg_trigger_depth() > 1;
BEGIN
  RETURN COALESCE(CASE p_from || '>' || p_to
    WHEN '>pending' THEN p_actor = 'partner' OR by_operator
    WHEN '>processing' THEN p_actor = 'partner'
    WHEN 'pending>processing' THEN p_actor = 'partner'
    WHEN 'pending>cancelled' THEN p_actor IN ('partner', 'system') OR by_operator
    WHEN 'pending>failed' THEN p_actor = 'system'
    WHEN 'pending>completed' THEN told
    WHEN 'processing>completed' THEN told OR by_hand
    WHEN 'processing>failed' THEN told OR by_hand OR p_actor = 'system'
    WHEN 'processing>cancelled' THEN told
    WHEN 'failed>completed' THEN told
    WHEN 'cancelled>completed' THEN told
    WHEN 'completed>partially_refunded' THEN derived
    WHEN 'completed>refunded' THEN derived
    WHEN 'partially_refunded>completed' THEN derived
    WHEN 'partially_refunded>refunded' THEN derived
    WHEN 'refunded>completed' THEN derived
    WHEN 'refunded>partially_refunded' THEN derived
    ELSE false END, false);
END $$;
`;

const transition = `
CREATE FUNCTION public.enforce_transaction_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  from_status text := CASE TG_OP WHEN 'UPDATE' THEN OLD.status::text ELSE '' END;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.partner_id, NEW.idempotency_key, NEW.amount, NEW.currency, NEW.payment_method,
        NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.partner_id, OLD.idempotency_key, OLD.amount,
        OLD.currency, OLD.payment_method, OLD.created_at)
      OR NEW.last_sequence < OLD.last_sequence
      OR (OLD.status IN ('completed', 'partially_refunded', 'refunded')
        AND (NEW.provider, NEW.provider_account, NEW.provider_transaction_id)
          IS DISTINCT FROM (OLD.provider, OLD.provider_account, OLD.provider_transaction_id)) THEN
      RAISE EXCEPTION 'an immutable column of a transaction was changed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_immutable';
    END IF;
    IF (NEW.amount_refund_reserved, NEW.amount_refunded)
        IS DISTINCT FROM (OLD.amount_refund_reserved, OLD.amount_refunded)
      AND pg_trigger_depth() < 2 THEN
      RAISE EXCEPTION 'refund totals are derived from refunds'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_refund_totals_derived';
    END IF;
    IF NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL
      AND (NEW.status IN ('pending', 'processing')
        OR NEW.amount_refund_reserved <> NEW.amount_refunded) THEN
      RAISE EXCEPTION 'a transaction that is still open can''t be deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_soft_delete_open';
    END IF;
  END IF;
  IF from_status <> NEW.status::text AND NOT public.may_move_transaction(from_status,
      NEW.status::text, NEW.changed_by, NEW.provider::text, NEW.provider_transaction_id) THEN
    RAISE EXCEPTION 'transaction may not go from % to % by %',
      COALESCE(NULLIF(from_status, ''), '(none)'), NEW.status, NEW.changed_by
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_transition';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER enforce_transaction_transition_trigger BEFORE INSERT OR UPDATE ON public.transactions
  FOR EACH ROW EXECUTE FUNCTION public.enforce_transaction_transition();
`;

const logChanges = `
CREATE FUNCTION public.log_transaction_changes() RETURNS trigger LANGUAGE plpgsql AS $$
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
        ORDER BY a.attempt_no DESC LIMIT 1) END,
      CASE WHEN NEW.status = 'failed' THEN NEW.error_message END,
      NEW.changed_by, NEW.changed_request_id, NEW.ip_address);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER log_transaction_changes_trigger
  AFTER INSERT OR UPDATE OF status ON public.transactions
  FOR EACH ROW EXECUTE FUNCTION public.log_transaction_changes();
`;

export class GuardTransactions1795300000010 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(validateAmount + mayMove + transition + logChanges);
  }
}
