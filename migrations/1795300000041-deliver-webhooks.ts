import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const tenant = `partner_id = ANY ((SELECT string_to_array(current_setting('app.current_partner_id', true), ',')::uuid[])::uuid[])`;

// What is being sent is leased in a column that no index knows: taking a delivery writes no index.
const lease = `
ALTER TABLE public.webhook_deliveries
  ADD COLUMN leased_until timestamptz,
  ADD COLUMN delivered_at timestamptz,
  ADD CONSTRAINT unique_webhook_deliveries_id_partner UNIQUE (id, partner_id),
  ADD CONSTRAINT check_webhook_deliveries_next_attempt_at
    CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL)),
  ADD CONSTRAINT check_webhook_deliveries_delivered_at
    CHECK (status <> 'delivered' OR delivered_at IS NOT NULL);
ALTER TABLE public.webhook_deliveries SET (fillfactor = 80);
`;

// The worker walks from partner to partner, however many deliveries one of them is owed.
const indexes = `
DROP INDEX public.idx_webhook_deliveries_due;
CREATE INDEX idx_webhook_deliveries_partner_due
  ON public.webhook_deliveries (partner_id, next_attempt_at) WHERE status = 'pending';
CREATE INDEX idx_webhook_deliveries_partner_created
  ON public.webhook_deliveries (partner_id, created_at DESC, id DESC);
CREATE INDEX idx_webhook_deliveries_partner_status
  ON public.webhook_deliveries (partner_id, status, created_at DESC, id DESC);
CREATE INDEX idx_webhook_deliveries_partner_type
  ON public.webhook_deliveries (partner_id, type, created_at DESC, id DESC);
CREATE INDEX idx_webhook_deliveries_transaction
  ON public.webhook_deliveries (transaction_id, created_at DESC, id DESC);
`;

// A partner asks for a delivery again, and changes nothing else of it.
const access = `
CREATE POLICY worker_update ON public.webhook_deliveries FOR UPDATE TO payments_worker
  USING (true) WITH CHECK (true);
CREATE POLICY partner_redeliver ON public.webhook_deliveries FOR UPDATE TO payments_api
  USING (${tenant}) WITH CHECK (${tenant} AND status = 'pending');
GRANT UPDATE (status, attempt_count, next_attempt_at, leased_until, delivered_at)
  ON public.webhook_deliveries TO payments_worker;
GRANT UPDATE (status, next_attempt_at) ON public.webhook_deliveries TO payments_api;
`;

// How overdue the oldest webhook is that could be sent: one number over all partners, and nothing else.
const lag = `
CREATE FUNCTION public.read_outbox_lag() RETURNS double precision LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH RECURSIVE owed AS (
    (SELECT partner_id, next_attempt_at FROM public.webhook_deliveries WHERE status = 'pending'
      ORDER BY partner_id, next_attempt_at LIMIT 1)
    UNION ALL
    SELECT following.partner_id, following.next_attempt_at
    FROM owed CROSS JOIN LATERAL (
      SELECT d.partner_id, d.next_attempt_at FROM public.webhook_deliveries AS d
      WHERE d.status = 'pending' AND d.partner_id > owed.partner_id
      ORDER BY d.partner_id, d.next_attempt_at LIMIT 1) AS following
  )
  SELECT GREATEST(0, COALESCE(
    EXTRACT(epoch FROM statement_timestamp() - min(owed.next_attempt_at)), 0))::double precision
  FROM owed JOIN public.partners AS p ON p.id = owed.partner_id
  WHERE p.webhook_url IS NOT NULL AND p.webhook_disabled_at IS NULL AND p.is_active
    AND p.deleted_at IS NULL
$$;
CREATE POLICY definer_read ON public.webhook_deliveries FOR SELECT TO payments_definer USING (true);
GRANT SELECT (partner_id, status, next_attempt_at) ON public.webhook_deliveries TO payments_definer;
GRANT SELECT (webhook_disabled_at) ON public.partners TO payments_definer;
REVOKE EXECUTE ON FUNCTION public.read_outbox_lag() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.read_outbox_lag() TO payments_api, payments_worker;
GRANT CREATE ON SCHEMA public TO payments_definer;
ALTER FUNCTION public.read_outbox_lag() OWNER TO payments_definer;
REVOKE CREATE ON SCHEMA public FROM payments_definer;
`;

export class DeliverWebhooks1795300000041 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(lease + indexes + access + lag);
  }
}
