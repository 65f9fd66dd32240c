import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// So that those are counted without reading all that were delivered.
const failed = `
CREATE INDEX idx_webhook_deliveries_failed ON public.webhook_deliveries (status)
  WHERE status = 'failed';
`;

// Numbers over all partners, and nothing else.
const counts = `
CREATE FUNCTION public.count_webhook_deliveries(OUT pending bigint, OUT overdue bigint, OUT failed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT
    (SELECT count(*) FROM public.webhook_deliveries WHERE status = 'pending'),
    (SELECT count(*) FROM public.webhook_deliveries AS d JOIN public.partners AS p ON p.id = d.partner_id
      WHERE d.status = 'pending' AND d.next_attempt_at <= statement_timestamp()
        AND p.webhook_url IS NOT NULL AND p.webhook_disabled_at IS NULL AND p.is_active
        AND p.deleted_at IS NULL),
    (SELECT count(*) FROM public.webhook_deliveries WHERE status = 'failed')
$$;
CREATE FUNCTION public.count_disabled_webhook_urls() RETURNS bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*) FROM public.partners
  WHERE webhook_url IS NOT NULL AND webhook_disabled_at IS NOT NULL AND deleted_at IS NULL
$$;
REVOKE EXECUTE ON FUNCTION public.count_webhook_deliveries(),
  public.count_disabled_webhook_urls() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.count_webhook_deliveries(),
  public.count_disabled_webhook_urls() TO payments_api, payments_worker;
GRANT CREATE ON SCHEMA public TO payments_definer;
ALTER FUNCTION public.count_webhook_deliveries() OWNER TO payments_definer;
ALTER FUNCTION public.count_disabled_webhook_urls() OWNER TO payments_definer;
REVOKE CREATE ON SCHEMA public FROM payments_definer;
`;

export class CountWebhooks1795300000045 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(failed + counts);
  }
}
