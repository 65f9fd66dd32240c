import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// What a failed refund frees was already paid back where another one went beyond the amount: it turns
// that excess into held money first. Else a payment of 100 of which 70 left through the provider's
// dashboard would have 60 refundable again. The lock on the parent comes before the look at the others,
// as in lock_refundable_transaction().
const absorb = `
CREATE FUNCTION public.absorb_refund_excess(
  p_failed public.refunds, OUT reserved numeric, OUT refunded numeric
) LANGUAGE plpgsql AS $$
DECLARE
  freed numeric(19,4) := p_failed.amount - p_failed.refund_excess;
  other public.refunds;
  taken numeric(19,4);
BEGIN
  reserved := 0;
  refunded := 0;
  PERFORM 1 FROM public.transactions
    WHERE id = p_failed.transaction_id AND partner_id = p_failed.partner_id FOR NO KEY UPDATE;
  FOR other IN
    SELECT * FROM public.refunds
      WHERE transaction_id = p_failed.transaction_id AND partner_id = p_failed.partner_id
        AND status <> 'failed' AND refund_excess > 0
      ORDER BY created_at, id FOR NO KEY UPDATE
  LOOP
    taken := LEAST(other.refund_excess, freed - reserved);
    EXIT WHEN taken = 0;
    UPDATE public.refunds
      SET refund_excess = refund_excess - taken,
        changed_by = p_failed.changed_by, changed_request_id = p_failed.changed_request_id
      WHERE id = other.id AND partner_id = other.partner_id;
    reserved := reserved + taken;
    refunded := refunded + CASE other.status WHEN 'completed' THEN taken ELSE 0 END;
  END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION public.absorb_refund_excess(public.refunds) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.absorb_refund_excess(public.refunds)
  TO payments_api, payments_worker;
GRANT UPDATE (refund_excess) ON public.refunds TO payments_api, payments_worker;
`;

const rollUp = `
CREATE OR REPLACE FUNCTION public.roll_up_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held numeric(19,4) := NEW.amount - NEW.refund_excess;
  reserved_delta numeric(19,4) := 0;
  refunded_delta numeric(19,4) := 0;
  absorbed record;
BEGIN
  IF TG_OP = 'INSERT' THEN
    reserved_delta := held;
    refunded_delta := CASE WHEN NEW.status = 'completed' THEN held ELSE 0 END;
  ELSIF NEW.status IS DISTINCT FROM OLD.status THEN
    reserved_delta := CASE WHEN NEW.status = 'failed' THEN -held ELSE 0 END;
    refunded_delta := CASE WHEN NEW.status = 'completed' THEN held
      WHEN OLD.status = 'completed' THEN -held ELSE 0 END;
    IF NEW.status = 'failed' THEN
      SELECT * INTO absorbed FROM public.absorb_refund_excess(NEW);
      reserved_delta := reserved_delta + absorbed.reserved;
      refunded_delta := refunded_delta + absorbed.refunded;
    END IF;
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
`;

// The same as before, but for refund_excess: it may shrink, by the trigger above alone.
const transition = `
CREATE OR REPLACE FUNCTION public.enforce_refund_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  from_status text := CASE TG_OP WHEN 'UPDATE' THEN OLD.status::text ELSE '' END;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.transaction_id, NEW.partner_id, NEW.idempotency_key, NEW.amount, NEW.currency,
        NEW.provider, NEW.provider_account, NEW.created_at)
      IS DISTINCT FROM (OLD.id, OLD.transaction_id, OLD.partner_id, OLD.idempotency_key, OLD.amount,
        OLD.currency, OLD.provider, OLD.provider_account, OLD.created_at)
      OR NEW.refund_excess > OLD.refund_excess
      OR (NEW.refund_excess < OLD.refund_excess AND pg_trigger_depth() < 2)
      OR (OLD.provider_refund_id IS NOT NULL AND OLD.status IN ('completed', 'failed')
        AND NEW.provider_refund_id IS DISTINCT FROM OLD.provider_refund_id) THEN
      RAISE EXCEPTION 'an immutable column of a refund was changed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_immutable';
    END IF;
    IF NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL
      AND NEW.status IN ('pending', 'processing') THEN
      RAISE EXCEPTION 'a refund that is still open can''t be deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_soft_delete_open';
    END IF;
  ELSIF NEW.refund_excess <> 0 AND NEW.changed_by NOT LIKE 'provider:%' THEN
    RAISE EXCEPTION 'only a provider can refund more than is held'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_excess_by_provider';
  END IF;
  IF from_status <> NEW.status::text AND NOT public.may_move_refund(from_status, NEW.status::text,
      NEW.changed_by, NEW.provider::text, NEW.provider_refund_id, NEW.certainty) THEN
    RAISE EXCEPTION 'refund may not go from % to % by %',
      COALESCE(NULLIF(from_status, ''), '(none)'), NEW.status, NEW.changed_by
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_transition';
  END IF;
  RETURN NEW;
END $$;
`;

export class AbsorbExcess1795300000022 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(absorb + rollUp + transition);
  }
}
