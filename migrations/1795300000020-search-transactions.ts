import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const transactionIndexes = `
CREATE INDEX idx_transactions_amount
  ON public.transactions (partner_id, currency, amount, created_at DESC, id DESC)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_transactions_method_provider
  ON public.transactions (partner_id, payment_method, provider) WHERE deleted_at IS NULL;
`;

const refundIndexes = ['pending', 'processing', 'failed']
  .map(
    (status) => `
CREATE INDEX idx_refunds_partner_${status}
  ON public.refunds (partner_id, created_at DESC, id DESC)
  WHERE status = '${status}' AND deleted_at IS NULL;`,
  )
  .join('');

const auditIndexes = `
DROP INDEX public.idx_audit_logs_resource;
CREATE INDEX idx_audit_logs_resource
  ON public.audit_logs (resource_id, created_at DESC, id DESC) WHERE resource_id IS NOT NULL;
CREATE INDEX idx_audit_logs_partner_action
  ON public.audit_logs (partner_id, action, created_at DESC, id DESC);
CREATE INDEX idx_audit_logs_partner_resource_type
  ON public.audit_logs (partner_id, resource_type, created_at DESC, id DESC);
`;

const page = `t.partner_id = partner AND t.deleted_at IS NULL
      AND (p_before IS NULL OR (t.created_at, t.id) < (p_before, p_before_id))
      AND (p_from IS NULL OR t.created_at >= p_from)
      AND (p_to IS NULL OR t.created_at < p_to)`;

const filters = `(p_status IS NULL OR t.status = p_status)
      AND (p_provider IS NULL OR t.provider = p_provider)
      AND (p_payment_method IS NULL OR t.payment_method = p_payment_method)
      AND (p_currency IS NULL OR t.currency = p_currency)
      AND (p_amount_min IS NULL OR t.amount >= p_amount_min)
      AND (p_amount_max IS NULL OR t.amount <= p_amount_max)
      AND (p_metadata IS NULL OR t.metadata @> p_metadata)
      AND (p_email_hash IS NULL OR t.customer_email_hash = p_email_hash)
      AND (p_reference IS NULL OR t.reference = p_reference)`;

// Row-level security bars comparisons of enums, numbers and jsonb from index conditions, as they are not
// leakproof. This function compares as payments_definer, whom no policy bars, and keeps to the partner of
// the setting itself. It answers ids, which the caller reads under its own policy.
//
// - A plan is made for the values of each call: what is NULL falls away, and a status proves the
//   predicate of its partial index.
// - What is frequent fills its page from the newest rows. A hundred of them tell whether it is.
// - What is rare is found by the indexes of its values, and sorted. OFFSET 0 keeps the planner from
//   walking by date instead, in hope of a frequency that the statistics of all partners promise.
const searchFunction = `
CREATE FUNCTION public.search_transactions(
  p_limit integer, p_before timestamptz, p_before_id uuid, p_from timestamptz, p_to timestamptz,
  p_status public.transaction_status, p_provider public.payment_provider, p_payment_method text,
  p_currency text, p_amount_min numeric, p_amount_max numeric, p_metadata jsonb, p_email_hash text,
  p_reference text
) RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  partner constant uuid := NULLIF(current_setting('app.current_partner_id', true), '');
  walked_rows integer;
  found_ids uuid[];
BEGIN
  IF p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 101 THEN
    RAISE EXCEPTION 'limit must lie between 1 and 101, not %', p_limit
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  FOREACH walked_rows IN ARRAY ARRAY[100, 5000] LOOP
    found_ids := ARRAY(
      SELECT t.id FROM (
        SELECT t.id, t.created_at, t.status, t.provider, t.payment_method, t.currency, t.amount,
          t.metadata, t.customer_email_hash, t.reference
        FROM public.transactions AS t
        WHERE ${page}
        ORDER BY t.created_at DESC, t.id DESC LIMIT walked_rows) AS t
      WHERE ${filters}
      ORDER BY t.created_at DESC, t.id DESC LIMIT p_limit);
    IF cardinality(found_ids) = p_limit THEN
      RETURN found_ids;
    END IF;
    EXIT WHEN cardinality(found_ids) = 0;
  END LOOP;
  RETURN ARRAY(
    SELECT t.id FROM (
      SELECT t.id, t.created_at FROM public.transactions AS t
      WHERE ${page}
        AND ${filters}
      OFFSET 0) AS t
    ORDER BY t.created_at DESC, t.id DESC LIMIT p_limit);
END $$;
`;

const grants = `
CREATE POLICY definer_read ON public.transactions FOR SELECT TO payments_definer USING (true);
GRANT SELECT (id, partner_id, created_at, deleted_at, status, provider, payment_method, currency,
  amount, metadata, customer_email_hash, reference) ON public.transactions TO payments_definer;
GRANT CREATE ON SCHEMA public TO payments_definer;
ALTER FUNCTION public.search_transactions(integer, timestamptz, uuid, timestamptz, timestamptz,
  public.transaction_status, public.payment_provider, text, text, numeric, numeric, jsonb, text, text)
  OWNER TO payments_definer;
REVOKE CREATE ON SCHEMA public FROM payments_definer;
`;

const execute = `
GRANT EXECUTE ON FUNCTION public.search_transactions(integer, timestamptz, uuid, timestamptz,
  timestamptz, public.transaction_status, public.payment_provider, text, text, numeric, numeric,
  jsonb, text, text) TO payments_api;
`;

export class SearchTransactions1795300000020 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(transactionIndexes + refundIndexes + auditIndexes);
    await queryRunner.query(searchFunction + execute + grants);
  }
}
