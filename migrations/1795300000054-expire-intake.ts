import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

interface Expiry {
  name: string;
  table: string;
  /** About the row `r`, by `p_now`. */
  due: string;
  order: string;
}

// The signature of a sending is believed for 4 days; its row stays 4 more.
const expiries: Expiry[] = [
  {
    name: 'expire_provider_webhooks',
    table: 'provider_webhooks',
    due: `r.received_at < p_now - interval '90 days'
      AND r.status IN ('applied', 'ignored', 'failed')
      AND (r.applied_at IS NULL OR r.applied_at < p_now - interval '90 days')
      AND NOT EXISTS (SELECT FROM public.review_items AS i
        WHERE i.provider_webhook_id = r.id AND i.status = 'open')
      AND (r.partner_id IS NULL OR NOT public.is_held(r.partner_id, r.transaction_id))`,
    order: 'r.received_at',
  },
  {
    name: 'expire_transmissions',
    table: 'provider_transmissions',
    due: `r.received_at < p_now - interval '8 days'`,
    order: 'r.received_at',
  },
  {
    name: 'expire_idempotency_keys',
    table: 'idempotency_keys',
    due: `r.expires_at < p_now AND r.created_at < p_now - interval '7 days'
      AND NOT public.is_held(r.partner_id, r.resource_id)`,
    order: 'r.expires_at',
  },
];

const signature = '(p_now timestamptz, p_limit integer, p_dry_run boolean)';
const header = `RETURNS TABLE (done text, rows bigint) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC'`;

const expire = ({ name, table, due, order }: Expiry): string => `
CREATE POLICY definer_expire ON public.${table} FOR DELETE TO payments_definer USING (true);
CREATE POLICY definer_look ON public.${table} FOR SELECT TO payments_definer USING (true);
GRANT SELECT, DELETE ON public.${table} TO payments_definer;
CREATE FUNCTION public.${name}${signature} ${header} AS $$
DECLARE
  gone bigint;
BEGIN
  IF p_dry_run THEN
    SELECT count(*) INTO gone FROM public.${table} AS r WHERE ${due};
  ELSE
    DELETE FROM public.${table} WHERE ctid = ANY (ARRAY(
      SELECT r.ctid FROM public.${table} AS r WHERE ${due} ORDER BY ${order} LIMIT p_limit));
    GET DIAGNOSTICS gone = ROW_COUNT;
  END IF;
  IF gone > 0 THEN
    RETURN QUERY SELECT '${table}_deleted', gone;
  END IF;
END $$;`;

// What was sent again lately stays, with the whole of its log.
const dueDelivery = `d.created_at < p_now - interval '90 days' AND d.status <> 'pending'
      AND NOT EXISTS (SELECT FROM public.webhook_delivery_attempts AS a
        WHERE a.delivery_id = d.id AND a.started_at >= p_now - interval '90 days')
      AND NOT public.is_held(d.partner_id, d.transaction_id)`;

const expireDeliveries = `
CREATE POLICY definer_expire ON public.webhook_deliveries FOR DELETE TO payments_definer USING (true);
CREATE POLICY definer_lock ON public.webhook_deliveries FOR UPDATE TO payments_definer
  USING (true) WITH CHECK (true);
CREATE POLICY definer_expire ON public.webhook_delivery_attempts FOR DELETE TO payments_definer
  USING (true);
CREATE POLICY definer_look ON public.webhook_delivery_attempts FOR SELECT TO payments_definer
  USING (true);
GRANT SELECT, DELETE, UPDATE (leased_until) ON public.webhook_deliveries TO payments_definer;
GRANT SELECT, DELETE ON public.webhook_delivery_attempts TO payments_definer;
CREATE FUNCTION public.expire_deliveries${signature} ${header} AS $$
DECLARE
  due uuid[];
  attempts bigint;
BEGIN
  IF p_dry_run THEN
    due := ARRAY(SELECT d.id FROM public.webhook_deliveries AS d WHERE ${dueDelivery});
    SELECT count(*) INTO attempts FROM public.webhook_delivery_attempts AS a
      WHERE a.delivery_id = ANY (due);
  ELSE
    due := ARRAY(SELECT d.id FROM public.webhook_deliveries AS d WHERE ${dueDelivery}
      ORDER BY d.created_at LIMIT p_limit FOR UPDATE OF d SKIP LOCKED);
    DELETE FROM public.webhook_delivery_attempts AS a WHERE a.delivery_id = ANY (due);
    GET DIAGNOSTICS attempts = ROW_COUNT;
    DELETE FROM public.webhook_deliveries AS d WHERE d.id = ANY (due);
  END IF;
  RETURN QUERY SELECT * FROM (VALUES
    ('webhook_deliveries_deleted', cardinality(due)::bigint),
    ('webhook_delivery_attempts_deleted', attempts)) AS gone (what, count) WHERE gone.count > 0;
END $$;`;

// Nobody logs in as payments_definer: only the function above, which has a clock of its own.
const attemptsLeave = `
CREATE OR REPLACE FUNCTION public.refuse_attempt_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_user = 'payments_definer' THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND split_part(OLD.answer, '.', 1) <> split_part(NEW.answer, '.', 1)
    AND to_jsonb(OLD) - 'answer' = to_jsonb(NEW) - 'answer' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
END $$;
`;

// Rows lie in the order of their time: a BRIN index finds the old ones and costs writers nothing.
const indexes = `
CREATE INDEX idx_webhook_deliveries_age ON public.webhook_deliveries USING brin (created_at);
CREATE INDEX idx_provider_webhooks_age ON public.provider_webhooks USING brin (received_at);
CREATE INDEX idx_provider_transmissions_age ON public.provider_transmissions
  USING brin (received_at);
CREATE POLICY definer_look ON public.review_items FOR SELECT TO payments_definer USING (true);
GRANT SELECT (provider_webhook_id, status) ON public.review_items TO payments_definer;
`;

const access = ['expire_deliveries', ...expiries.map(({ name }) => name)]
  .map(
    (name) => `
REVOKE EXECUTE ON FUNCTION public.${name}(timestamptz, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.${name}(timestamptz, integer, boolean) TO payments_worker;
ALTER FUNCTION public.${name}(timestamptz, integer, boolean) OWNER TO payments_definer;`,
  )
  .join('');

export class ExpireIntake1795300000054 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(indexes + expiries.map(expire).join('') + expireDeliveries);
    await queryRunner.query(attemptsLeave);
    await queryRunner.query('GRANT CREATE ON SCHEMA public TO payments_definer');
    await queryRunner.query(access);
    await queryRunner.query('REVOKE CREATE ON SCHEMA public FROM payments_definer');
  }
}
