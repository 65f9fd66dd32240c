import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// payments_operations moves no money itself. These functions settle what people pay by hand, run as
// payments_definer, and its policies show it the manual provider alone.
const byOperator = `IF current_setting('app.actor', true) NOT LIKE 'operator:%' OR p_outcome NOT IN ('completed', 'failed') THEN
    RAISE EXCEPTION 'only an operator settles by hand, as completed or failed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'settled_by_operator';
  END IF;`;

const settlePayment = `
CREATE FUNCTION public.settle_manual_transaction(
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
  UPDATE public.transaction_attempts SET certainty = 'confirmed',
      status = CASE WHEN has_failed THEN 'declined' ELSE 'completed' END,
      provider_transaction_id = p_evidence,
      error_code = CASE WHEN has_failed THEN 'payment_not_received' END,
      error_message = CASE WHEN has_failed THEN p_reason END,
      finished_at = clock_timestamp()
    WHERE transaction_id = p_id AND provider = 'manual' AND status IN ('in_flight', 'processing');
END $$;
`;

const settleRefund = `
CREATE FUNCTION public.settle_manual_refund(
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

// What the triggers of a settlement read and write counts too: they run as the definer.
const definer = `
GRANT SELECT (next_action, next_sync_at, provider_transaction_id, amount_refund_reserved,
    amount_refunded, last_sequence),
  UPDATE (status, provider_transaction_id, next_action, next_sync_at, error_code, error_message,
    processed_at, failed_at, last_sequence, amount_refund_reserved, amount_refunded, changed_by,
    changed_request_id) ON public.transactions TO payments_definer;
GRANT SELECT, UPDATE (status, certainty, provider_transaction_id, error_code, error_message,
  finished_at) ON public.transaction_attempts TO payments_definer;
GRANT SELECT, UPDATE (status, certainty, provider_refund_id, next_sync_at, error_code,
  error_message, processed_at, failed_at, refund_excess, changed_by, changed_request_id)
  ON public.refunds TO payments_definer;
GRANT INSERT (transaction_id, partner_id, refund_id, sequence, event_type, from_status, status,
  provider_response, error_message, created_by, request_id, ip_address)
  ON public.transaction_events TO payments_definer;
GRANT USAGE ON SEQUENCE public.transaction_events_id_seq TO payments_definer;
GRANT INSERT (partner_id, transaction_id, event_id, event_created_at, type)
  ON public.webhook_deliveries TO payments_definer;
GRANT EXECUTE ON FUNCTION
  public.may_move_transaction(text, text, text, text, text),
  public.may_move_refund(text, text, text, text, text, text),
  public.absorb_refund_excess(public.refunds) TO payments_definer;
CREATE POLICY definer_settle ON public.transactions FOR UPDATE TO payments_definer
  USING (provider = 'manual') WITH CHECK (provider = 'manual');
${['transaction_attempts', 'refunds']
  .map(
    (table) => `
CREATE POLICY definer_settle ON public.${table} FOR ALL TO payments_definer
  USING (provider = 'manual') WITH CHECK (provider = 'manual');`,
  )
  .join('')}
${['transaction_events', 'webhook_deliveries']
  .map(
    (table) => `
CREATE POLICY definer_insert ON public.${table} FOR INSERT TO payments_definer
  WITH CHECK (pg_trigger_depth() > 0);`,
  )
  .join('')}
`;

const owner = `
GRANT EXECUTE ON FUNCTION public.settle_manual_transaction(uuid, text, text, text),
  public.settle_manual_refund(uuid, text, text, text) TO payments_operations;
GRANT CREATE ON SCHEMA public TO payments_definer;
ALTER FUNCTION public.settle_manual_transaction(uuid, text, text, text) OWNER TO payments_definer;
ALTER FUNCTION public.settle_manual_refund(uuid, text, text, text) OWNER TO payments_definer;
REVOKE CREATE ON SCHEMA public FROM payments_definer;
`;

export class SettleByHand1795300000029 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(settlePayment + settleRefund + definer + owner);
  }
}
