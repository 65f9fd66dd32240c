import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const mayMove = `
CREATE FUNCTION public.may_move_refund(
  p_from text, p_to text, p_actor text, p_provider text, p_evidence text, p_certainty text
) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  by_operator boolean := p_actor LIKE 'operator:%';
  asked boolean := p_actor = 'partner' OR by_operator;
  told boolean := p_actor = 'provider:' || p_provider AND p_provider <> 'manual';
  by_hand boolean := by_operator AND p_provider = 'manual' AND p_evidence IS NOT NULL;
  never_sent boolean := p_actor = 'system' AND p_certainty = 'never_sent';
BEGIN
  RETURN COALESCE(CASE p_from || '>' || p_to
    WHEN '>pending' THEN asked OR told
    WHEN '>processing' THEN asked OR told
    WHEN '>completed' THEN told
    WHEN 'pending>processing' THEN p_actor = 'system'
    WHEN 'pending>completed' THEN told OR by_hand
    WHEN 'processing>completed' THEN told OR by_hand
    WHEN 'pending>failed' THEN told OR by_hand OR never_sent
    WHEN 'processing>failed' THEN told OR by_hand OR never_sent
    WHEN 'completed>failed' THEN told
    ELSE false END, false);
END $$;
`;

const transition = `
CREATE FUNCTION public.enforce_refund_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  from_status text := CASE TG_OP WHEN 'UPDATE' THEN OLD.status::text ELSE '' END;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.transaction_id, NEW.partner_id, NEW.idempotency_key, NEW.amount, NEW.currency,
        NEW.refund_excess, NEW.provider, NEW.provider_account, NEW.created_at)
      IS DISTINCT FROM (OLD.id, OLD.transaction_id, OLD.partner_id, OLD.idempotency_key, OLD.amount,
        OLD.currency, OLD.refund_excess, OLD.provider, OLD.provider_account, OLD.created_at)
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
CREATE TRIGGER enforce_refund_transition_trigger BEFORE INSERT OR UPDATE ON public.refunds
  FOR EACH ROW EXECUTE FUNCTION public.enforce_refund_transition();
`;

export class GuardRefunds1795300000012 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(mayMove + transition);
  }
}
