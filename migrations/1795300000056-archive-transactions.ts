import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// Nobody logs in as payments_definer, and only the functions of the life cycle set app.aging: the others
// see and change of these tables what their own policies allow.
const wayOut = ['transactions', 'transaction_attempts', 'refunds']
  .map(
    (table) => `
CREATE POLICY definer_age ON public.${table} FOR ALL TO payments_definer
  USING (current_setting('app.aging', true) = 'on')
  WITH CHECK (current_setting('app.aging', true) = 'on');
GRANT SELECT, DELETE ON public.${table} TO payments_definer;`,
  )
  .join('');

const review = `
GRANT SELECT (transaction_id) ON public.review_items TO payments_definer;
ALTER TABLE public.review_items
  DROP CONSTRAINT check_review_items_kind,
  ADD CONSTRAINT check_review_items_kind CHECK (kind IN ('outcome_unknown', 'late_success',
    'double_charge', 'payment_reversed', 'amount_mismatch', 'refund_excess', 'dashboard_refund',
    'dispute', 'unmapped_status', 'webhook_failed', 'payment_archived'));
`;

// One index each for those that are deleted and those that are not.
const old = `(
      SELECT * FROM public.transactions WHERE deleted_at IS NULL AND created_at < cut
      UNION ALL
      SELECT * FROM public.transactions WHERE deleted_at IS NOT NULL AND created_at < cut) AS t`;

const due = `t.status NOT IN ('pending', 'processing')
      AND GREATEST(t.processed_at, t.failed_at, t.cancelled_at) < cut
      AND NOT public.is_held(t.partner_id, t.id)
      AND NOT EXISTS (SELECT FROM public.refunds AS r WHERE r.transaction_id = t.id
        AND (r.status IN ('pending', 'processing')
          OR GREATEST(r.created_at, r.processed_at, r.failed_at) >= cut))
      AND NOT EXISTS (SELECT FROM public.transaction_attempts AS a
        WHERE a.transaction_id = t.id AND a.status IN ('in_flight', 'processing'))
      AND NOT EXISTS (SELECT FROM public.review_items AS i
        WHERE i.transaction_id = t.id AND i.status = 'open')
      AND NOT EXISTS (SELECT FROM public.webhook_deliveries AS d WHERE d.transaction_id = t.id)
      AND NOT EXISTS (SELECT FROM public.provider_webhooks AS w
        WHERE w.transaction_id = t.id AND w.status IN ('received', 'parked'))
      AND NOT EXISTS (SELECT FROM public.transaction_timeline AS e
        WHERE e.transaction_id = t.id AND e.event_type = 'dispute_opened' AND NOT EXISTS (
          SELECT FROM public.transaction_timeline AS o
          WHERE o.transaction_id = t.id AND o.event_type IN ('dispute_won', 'dispute_lost')
            AND o.provider_response->>'dispute_id' = e.provider_response->>'dispute_id'))`;

// Looked at again once it is locked: what came in between is seen then.
const archive = `
CREATE FUNCTION public.archive_transactions(p_now timestamptz, p_limit integer, p_dry_run boolean)
RETURNS TABLE (done text, rows bigint) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  cut constant timestamptz := p_now - interval '2 years';
  due_ids uuid[];
  moved bigint;
  kept bigint;
BEGIN
  PERFORM set_config('app.aging', 'on', true);
  IF p_dry_run THEN
    RETURN QUERY SELECT 'transactions_archived', count(*) FROM ${old} WHERE ${due}
      HAVING count(*) > 0;
    RETURN;
  END IF;
  due_ids := ARRAY(SELECT t.id FROM public.transactions AS t
    WHERE t.id = ANY (ARRAY(SELECT t.id FROM ${old} WHERE ${due} LIMIT p_limit))
    FOR UPDATE SKIP LOCKED);
  WITH t AS (
    DELETE FROM public.transactions AS t WHERE t.id = ANY (due_ids) AND ${due} RETURNING t.*
  ), r AS (
    DELETE FROM public.refunds AS r USING t
    WHERE r.transaction_id = t.id AND r.partner_id = t.partner_id RETURNING r.*
  ), a AS (
    DELETE FROM public.transaction_attempts AS a USING t
    WHERE a.transaction_id = t.id AND a.partner_id = t.partner_id RETURNING a.*
  ), kept_transactions AS (
    INSERT INTO public.transactions_archive SELECT * FROM t RETURNING id
  ), kept_refunds AS (
    INSERT INTO public.refunds_archive SELECT * FROM r RETURNING id
  ), kept_attempts AS (
    INSERT INTO public.transaction_attempts_archive SELECT * FROM a RETURNING id
  )
  SELECT count(*), (SELECT count(*) FROM kept_transactions) INTO moved, kept FROM t;
  IF moved <> kept THEN
    RAISE EXCEPTION '% transactions were to be archived, and % were', moved, kept;
  END IF;
  IF moved > 0 THEN
    RETURN QUERY SELECT 'transactions_archived', moved;
  END IF;
END $$;
`;

const access = `
REVOKE EXECUTE ON FUNCTION public.archive_transactions(timestamptz, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.archive_transactions(timestamptz, integer, boolean)
  TO payments_worker;
GRANT CREATE ON SCHEMA public TO payments_definer;
ALTER FUNCTION public.archive_transactions(timestamptz, integer, boolean) OWNER TO payments_definer;
REVOKE CREATE ON SCHEMA public FROM payments_definer;
`;

export class ArchiveTransactions1795300000056 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(wayOut + review + archive + access);
  }
}
