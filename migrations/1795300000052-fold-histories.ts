import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const tenant = `partner_id = ANY ((SELECT string_to_array(current_setting('app.current_partner_id', true), ',')::uuid[])::uuid[])`;

// The horizon of a partner is its newest event that left the feed: whoever read that far missed nothing.
const tables = `
CREATE TABLE public.transaction_histories (
  transaction_id uuid PRIMARY KEY,
  partner_id uuid NOT NULL,
  events jsonb NOT NULL,
  event_count integer NOT NULL,
  CONSTRAINT fk_transaction_histories_partner
    FOREIGN KEY (partner_id) REFERENCES public.partners (id),
  CONSTRAINT check_transaction_histories_count
    CHECK (event_count > 0 AND jsonb_array_length(events) = event_count)
);
CREATE TABLE public.event_horizons (
  partner_id uuid PRIMARY KEY,
  xact_id bigint NOT NULL,
  event_id bigint NOT NULL,
  CONSTRAINT fk_event_horizons_partner FOREIGN KEY (partner_id) REFERENCES public.partners (id)
);
`;

const isolation = ['transaction_histories', 'event_horizons']
  .map(
    (table) => `
ALTER TABLE public.${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY partner_isolation ON public.${table} FOR SELECT TO payments_api USING (${tenant});
CREATE POLICY worker_read ON public.${table} FOR SELECT TO payments_worker USING (true);
CREATE POLICY operations_read ON public.${table} FOR SELECT TO payments_operations USING (true);
CREATE POLICY definer_fold ON public.${table} FOR ALL TO payments_definer
  USING (true) WITH CHECK (true);
GRANT SELECT ON public.${table} TO payments_api, payments_worker, payments_operations;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.${table} TO payments_definer;`,
  )
  .join('');

// Nobody logs in as payments_definer: only its functions can take a row away.
const wayOut = ['transaction_events', 'audit_logs']
  .map(
    (table) => `
DROP TRIGGER ${table}_append_only ON public.${table};
CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE ON public.${table}
  FOR EACH ROW WHEN (current_user <> 'payments_definer') EXECUTE FUNCTION public.forbid_change();
CREATE POLICY definer_move ON public.${table} FOR DELETE TO payments_definer USING (true);
CREATE POLICY definer_look ON public.${table} FOR SELECT TO payments_definer USING (true);
GRANT SELECT, DELETE ON public.${table} TO payments_definer;`,
  )
  .join('');

const timeline = `
CREATE VIEW public.transaction_timeline WITH (security_invoker = true) AS
  SELECT id, transaction_id, partner_id, refund_id, sequence, event_type, from_status, status,
    provider_response, error_message, created_by, request_id, ip_address, xact_id, created_at
  FROM public.transaction_events
  UNION ALL
  SELECT e.id, h.transaction_id, h.partner_id, e.refund_id, e.sequence, e.event_type, e.from_status,
    e.status, e.provider_response, e.error_message, e.created_by, e.request_id, e.ip_address,
    e.xact_id, e.created_at
  FROM public.transaction_histories AS h CROSS JOIN LATERAL jsonb_to_recordset(h.events) AS e (
    id bigint, refund_id uuid, sequence integer, event_type public.event_type,
    from_status varchar(50), status varchar(50), provider_response jsonb, error_message text,
    created_by varchar(100), request_id uuid, ip_address inet, xact_id bigint,
    created_at timestamptz);
GRANT SELECT ON public.transaction_timeline
  TO payments_api, payments_worker, payments_operations, payments_definer;
`;

// What is null is left out, but for what a provider said: that stays as it is.
const fold = `
CREATE FUNCTION public.fold_events(p_now timestamptz, p_limit integer, p_dry_run boolean)
RETURNS TABLE (done text, rows bigint) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  moved_rows bigint;
  folded_rows bigint;
BEGIN
  IF p_dry_run THEN
    RETURN QUERY SELECT 'transaction_events_folded', count(*) FROM public.transaction_events AS e
      WHERE e.created_at < p_now - interval '1 year'
        AND NOT public.is_held(e.partner_id, e.transaction_id)
      HAVING count(*) > 0;
    RETURN;
  END IF;
  WITH due AS (
    SELECT e.id, e.created_at FROM public.transaction_events AS e
    WHERE e.created_at < p_now - interval '1 year'
      AND NOT public.is_held(e.partner_id, e.transaction_id)
    ORDER BY e.id LIMIT p_limit
  ), moved AS (
    DELETE FROM public.transaction_events AS e USING due
    WHERE e.id = due.id AND e.created_at = due.created_at
      AND e.created_at < p_now - interval '1 year'
    RETURNING e.*
  ), story AS (
    SELECT m.transaction_id, m.partner_id, count(*)::integer AS event_count, jsonb_agg(
      jsonb_strip_nulls(to_jsonb(m) - '{transaction_id,partner_id,provider_response}'::text[])
      || CASE WHEN m.provider_response IS NULL THEN '{}'
        ELSE jsonb_build_object('provider_response', m.provider_response) END
      ORDER BY m.sequence) AS events
    FROM moved AS m GROUP BY m.transaction_id, m.partner_id
  ), folded AS (
    INSERT INTO public.transaction_histories AS h (transaction_id, partner_id, events, event_count)
    SELECT s.transaction_id, s.partner_id, s.events, s.event_count FROM story AS s
    ON CONFLICT (transaction_id) DO UPDATE SET events = h.events || excluded.events,
      event_count = h.event_count + excluded.event_count
    WHERE h.partner_id = excluded.partner_id
    RETURNING transaction_id
  ), horizon AS (
    INSERT INTO public.event_horizons AS o (partner_id, xact_id, event_id)
    SELECT DISTINCT ON (m.partner_id) m.partner_id, m.xact_id, m.id FROM moved AS m
    ORDER BY m.partner_id, m.xact_id DESC, m.id DESC
    ON CONFLICT (partner_id) DO UPDATE SET xact_id = excluded.xact_id, event_id = excluded.event_id
    WHERE (o.xact_id, o.event_id) < (excluded.xact_id, excluded.event_id)
  )
  SELECT (SELECT count(*) FROM moved),
    (SELECT sum(event_count) FROM story JOIN folded USING (transaction_id))
  INTO moved_rows, folded_rows;
  IF moved_rows <> COALESCE(folded_rows, 0) THEN
    RAISE EXCEPTION '% events were to be folded, and % were', moved_rows, folded_rows;
  END IF;
  IF moved_rows > 0 THEN
    RETURN QUERY SELECT 'transaction_events_folded', moved_rows;
  END IF;
END $$;
`;

// The owner drops partitions and sees no row; payments_definer sees the rows and drops nothing.
const holdsRows = `
CREATE FUNCTION public.holds_rows(
  p_parent text, p_from timestamptz, p_to timestamptz, p_held_only boolean
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF p_parent = 'transaction_events' THEN
    RETURN EXISTS (SELECT FROM public.transaction_events
      WHERE created_at >= p_from AND created_at < p_to
        AND (NOT p_held_only OR public.is_held(partner_id, transaction_id)));
  ELSIF p_parent = 'audit_logs' THEN
    RETURN EXISTS (SELECT FROM public.audit_logs
      WHERE created_at >= p_from AND created_at < p_to
        AND (NOT p_held_only OR public.is_held(partner_id, resource_id)));
  END IF;
  RAISE EXCEPTION '% has no partitions', p_parent USING ERRCODE = 'invalid_parameter_value';
END $$;
`;

// Who waits for a lock lets nobody past: payments wait with it, so a quarter of a second is enough
// until tomorrow. Writers of the old month are kept out before it is looked into for the last time.
const drop = `
CREATE FUNCTION public.drop_old_partitions(
  p_parent text, p_before timestamptz, p_dry_run boolean
) RETURNS TABLE (done text, rows bigint) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '250ms' AS $$
DECLARE
  old record;
  dropped bigint := 0;
BEGIN
  FOR old IN
    SELECT c.relname AS name, m.start, m.start + interval '1 month' AS stop
    FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL (
      SELECT to_date(right(c.relname, 7), 'YYYY_MM')::timestamptz AS start) AS m
    WHERE i.inhparent = to_regclass('public.' || p_parent) AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
      AND m.start + interval '1 month' <= p_before
    ORDER BY m.start
  LOOP
    CONTINUE WHEN public.holds_rows(p_parent, old.start, old.stop, p_dry_run);
    IF NOT p_dry_run THEN
      BEGIN
        EXECUTE format('LOCK TABLE public.%I IN EXCLUSIVE MODE', old.name);
        CONTINUE WHEN public.holds_rows(p_parent, old.start, old.stop, false);
        EXECUTE format('DROP TABLE public.%I', old.name);
      EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
        RAISE WARNING '% is in use and goes with the next run', old.name;
        EXIT;
      END;
    END IF;
    dropped := dropped + 1;
  END LOOP;
  IF dropped > 0 THEN
    RETURN QUERY SELECT 'partitions_dropped', dropped;
  END IF;
END $$;
CREATE FUNCTION public.drop_event_partitions(
  p_now timestamptz, p_limit integer, p_dry_run boolean
) RETURNS TABLE (done text, rows bigint) LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
  SELECT * FROM public.drop_old_partitions('transaction_events', p_now - interval '1 year', p_dry_run)
$$;
`;

const access = `
REVOKE EXECUTE ON FUNCTION public.fold_events(timestamptz, integer, boolean),
  public.holds_rows(text, timestamptz, timestamptz, boolean),
  public.drop_old_partitions(text, timestamptz, boolean),
  public.drop_event_partitions(timestamptz, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.fold_events(timestamptz, integer, boolean),
  public.drop_event_partitions(timestamptz, integer, boolean) TO payments_worker;
GRANT CREATE ON SCHEMA public TO payments_definer;
ALTER FUNCTION public.fold_events(timestamptz, integer, boolean) OWNER TO payments_definer;
ALTER FUNCTION public.holds_rows(text, timestamptz, timestamptz, boolean) OWNER TO payments_definer;
REVOKE CREATE ON SCHEMA public FROM payments_definer;
SET LOCAL ROLE payments_definer;
GRANT EXECUTE ON FUNCTION public.holds_rows(text, timestamptz, timestamptz, boolean)
  TO payments_owner;
SET LOCAL ROLE payments_owner;
`;

export class FoldHistories1795300000052 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(tables + isolation + wayOut + timeline);
    await queryRunner.query(fold + holdsRows + drop + access);
  }
}
