import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const transactionIndexes = `
CREATE INDEX idx_transactions_amount
  ON public.transactions (partner_id, currency, amount, created_at DESC, id DESC)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_transactions_method_provider
  ON public.transactions (partner_id, payment_method, provider) WHERE deleted_at IS NULL;
`;

const partnerIndexes = `
CREATE INDEX idx_partners_created_at ON public.partners (created_at DESC, id DESC)
  WHERE deleted_at IS NULL;
`;

const refundIndexes = ['pending', 'processing', 'failed']
  .map(
    (status) => `
CREATE INDEX idx_refunds_partner_${status}
  ON public.refunds (partner_id, created_at DESC, id DESC)
  WHERE status = '${status}' AND deleted_at IS NULL;`,
  )
  .join('');

// Operations read deleted refunds too, and a foreign key looks for them.
const refundParent = `
DROP INDEX public.idx_refunds_transaction_id;
CREATE INDEX idx_refunds_transaction_id ON public.refunds (transaction_id);
`;

const auditIndexes = `
DROP INDEX public.idx_audit_logs_resource;
CREATE INDEX idx_audit_logs_resource
  ON public.audit_logs (resource_id, created_at DESC, id DESC) WHERE resource_id IS NOT NULL;
CREATE INDEX idx_audit_logs_partner_action
  ON public.audit_logs (partner_id, action, created_at DESC, id DESC);
CREATE INDEX idx_audit_logs_partner_resource_type
  ON public.audit_logs (partner_id, resource_type, created_at DESC, id DESC);
`;

const inPage = `(p_before IS NULL OR (t.created_at, t.id) < (p_before, p_before_id))
      AND (p_from IS NULL OR t.created_at >= p_from)
      AND (p_to IS NULL OR t.created_at < p_to)`;

const byMetadata = `(p_metadata IS NULL OR t.metadata @> p_metadata)`;
const byAmount = `(p_currency IS NULL OR t.currency = p_currency)
      AND (p_amount_min IS NULL OR t.amount >= p_amount_min)
      AND (p_amount_max IS NULL OR t.amount <= p_amount_max)`;
const byMethod = `(p_payment_method IS NULL OR t.payment_method = p_payment_method)
      AND (p_provider IS NULL OR t.provider = p_provider)`;
const byTheRest = `(p_status IS NULL OR t.status = p_status)
      AND (p_email_hashes IS NULL OR t.customer_email_hash = ANY (p_email_hashes))
      AND (p_reference IS NULL OR t.reference = p_reference)`;
const byAll = `${byMetadata} AND ${byAmount} AND ${byMethod} AND ${byTheRest}`;

const ofPartner = `SELECT t.id, t.created_at, t.status, t.provider, t.payment_method, t.currency,
        t.amount, t.metadata, t.customer_email_hash, t.reference
      FROM public.transactions AS t
      WHERE t.partner_id = partner AND t.deleted_at IS NULL`;

const newest = 'ORDER BY t.created_at DESC, t.id DESC LIMIT';

// OFFSET 0 leaves the planner no other way than the index of these filters.
const found = (by: string): string => `ARRAY(
    SELECT t.id FROM (
      ${ofPartner} AND ${by}
      OFFSET 0) AS t
    WHERE ${inPage} AND ${byAll}
    ${newest} p_limit)`;

// Row-level security bars comparisons of enums, numbers and jsonb from index conditions, as they are not
// leakproof. This function compares as payments_definer, whom no policy bars, and keeps to the partner of
// the setting itself. It answers ids, which the caller reads under its own policy.
//
// The planner may not look at the statistics of those columns either. So the newest hundred rows tell how
// frequent each filter is. What is frequent fills its page from the newest rows; otherwise the rarest
// filter leads, its matches are sorted, and the other filters choose among them.
//
// A plan is made for the values of each call: what is NULL falls away.
const searchFunction = `
CREATE FUNCTION public.search_transactions(
  p_limit integer, p_before timestamptz, p_before_id uuid, p_from timestamptz, p_to timestamptz,
  p_status public.transaction_status, p_provider public.payment_provider, p_payment_method text,
  p_currency text, p_amount_min numeric, p_amount_max numeric, p_metadata jsonb, p_email_hashes text[],
  p_reference text
) RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  partner constant uuid := NULLIF(current_setting('app.current_partner_id', true), '');
  ids uuid[];
  sampled integer;
  metadata_hits integer;
  amount_hits integer;
  method_hits integer;
  rest_hits integer;
  least_hits integer;
BEGIN
  IF p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 101 THEN
    RAISE EXCEPTION 'limit must lie between 1 and 101, not %', p_limit
      USING ERRCODE = 'invalid_parameter_value';
  END IF;

  SELECT array_agg(t.id ORDER BY t.created_at DESC, t.id DESC) FILTER (WHERE ${byAll}),
    count(*), count(*) FILTER (WHERE ${byMetadata}), count(*) FILTER (WHERE ${byAmount}),
    count(*) FILTER (WHERE ${byMethod}), count(*) FILTER (WHERE ${byTheRest})
  INTO ids, sampled, metadata_hits, amount_hits, method_hits, rest_hits
  FROM (${ofPartner} AND ${inPage} ${newest} 100) AS t;
  IF cardinality(ids) >= p_limit OR sampled < 100 THEN
    RETURN COALESCE(ids[:p_limit], '{}');
  END IF;

  least_hits := LEAST(metadata_hits, amount_hits, method_hits, rest_hits);
  IF ids IS NOT NULL OR least_hits > 1 THEN
    ids := ARRAY(
      SELECT t.id FROM (${ofPartner} AND ${inPage} ${newest} 5000) AS t
      WHERE ${byAll}
      ${newest} p_limit);
    IF cardinality(ids) = p_limit THEN
      RETURN ids;
    END IF;
  END IF;

  IF p_email_hashes IS NOT NULL OR p_reference IS NOT NULL
    OR (rest_hits = least_hits AND p_status IS NOT NULL) THEN
    RETURN ${found(byTheRest)};
  ELSIF metadata_hits = least_hits AND p_metadata IS NOT NULL THEN
    RETURN ${found(byMetadata)};
  ELSIF method_hits = least_hits AND (p_payment_method IS NOT NULL OR p_provider IS NOT NULL) THEN
    RETURN ${found(byMethod)};
  ELSE
    RETURN ${found(byAmount)};
  END IF;
END $$;
`;

const grants = `
CREATE POLICY definer_read ON public.transactions FOR SELECT TO payments_definer USING (true);
GRANT SELECT (id, partner_id, created_at, deleted_at, status, provider, payment_method, currency,
  amount, metadata, customer_email_hash, reference) ON public.transactions TO payments_definer;
GRANT CREATE ON SCHEMA public TO payments_definer;
ALTER FUNCTION public.search_transactions(integer, timestamptz, uuid, timestamptz, timestamptz,
  public.transaction_status, public.payment_provider, text, text, numeric, numeric, jsonb, text[], text)
  OWNER TO payments_definer;
REVOKE CREATE ON SCHEMA public FROM payments_definer;
`;

const execute = `
GRANT EXECUTE ON FUNCTION public.search_transactions(integer, timestamptz, uuid, timestamptz,
  timestamptz, public.transaction_status, public.payment_provider, text, text, numeric, numeric,
  jsonb, text[], text) TO payments_api;
`;

export class SearchTransactions1795300000020 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      partnerIndexes + transactionIndexes + refundIndexes + refundParent + auditIndexes,
    );
    await queryRunner.query(searchFunction + execute + grants);
  }
}
