import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// The same as before, but: a session that never said who acts is no operator, and the word of people
// counts as a call of an attempt that nobody has sent.
const byOperator = `IF COALESCE(current_setting('app.actor', true), '') NOT LIKE 'operator:%'
      OR p_outcome IS NULL OR p_outcome NOT IN ('completed', 'failed') THEN
    RAISE EXCEPTION 'only an operator settles by hand, as completed or failed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'settled_by_operator';
  END IF;`;

const settlePayment = `
CREATE OR REPLACE FUNCTION public.settle_manual_transaction(
  p_id uuid, p_outcome text, p_evidence text, p_reason text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  has_failed boolean := p_outcome = 'failed';
BEGIN
  ${byOperator}
  UPDATE public.transactions SET status = p_outcome::public.transaction_status,
      provider_transaction_id = p_evidence, next_action = NULL, next_sync_at = NULL,
      error_code = CASE WHEN has_failed THEN 'payment_not_received' END,
      error_message = CASE WHEN has_failed THEN p_reason END,
      processed_at = CASE WHEN NOT has_failed THEN clock_timestamp() END,
      failed_at = CASE WHEN has_failed THEN clock_timestamp() END,
      changed_by = current_setting('app.actor')
    WHERE id = p_id AND provider = 'manual' AND status = 'processing';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'transaction % is not one to be settled by hand', p_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_settled_by_hand';
  END IF;
  UPDATE public.transaction_attempts SET certainty = 'confirmed', sends = GREATEST(sends, 1),
      status = CASE WHEN has_failed THEN 'declined' ELSE 'completed' END,
      provider_transaction_id = p_evidence,
      error_code = CASE WHEN has_failed THEN 'payment_not_received' END,
      error_message = CASE WHEN has_failed THEN p_reason END,
      finished_at = clock_timestamp()
    WHERE transaction_id = p_id AND provider = 'manual' AND status IN ('in_flight', 'processing');
END $$;
`;

const settleRefund = `
CREATE OR REPLACE FUNCTION public.settle_manual_refund(
  p_id uuid, p_outcome text, p_evidence text, p_reason text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  has_failed boolean := p_outcome = 'failed';
BEGIN
  ${byOperator}
  UPDATE public.refunds SET status = p_outcome::public.refund_status, certainty = 'confirmed',
      provider_refund_id = p_evidence, next_sync_at = NULL,
      error_code = CASE WHEN has_failed THEN 'refund_failed' END,
      error_message = CASE WHEN has_failed THEN p_reason END,
      processed_at = CASE WHEN NOT has_failed THEN clock_timestamp() END,
      failed_at = CASE WHEN has_failed THEN clock_timestamp() END,
      changed_by = current_setting('app.actor')
    WHERE id = p_id AND provider = 'manual' AND status IN ('pending', 'processing');
  IF NOT FOUND THEN
    RAISE EXCEPTION 'refund % is not one to be settled by hand', p_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_settled_by_hand';
  END IF;
END $$;
`;

const asDefiner = `
GRANT UPDATE (sends) ON public.transaction_attempts TO payments_definer;
GRANT CREATE ON SCHEMA public TO payments_definer;
SET LOCAL ROLE payments_definer;
${settlePayment + settleRefund}
SET LOCAL ROLE payments_owner;
REVOKE CREATE ON SCHEMA public FROM payments_definer;
`;

export class SettleUnsentByHand1795300000031 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(asDefiner);
  }
}
