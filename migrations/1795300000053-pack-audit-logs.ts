import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const tenant = `partner_id = ANY ((SELECT string_to_array(current_setting('app.current_partner_id', true), ',')::uuid[])::uuid[])`;

// A block has rows of one partner and month, one line of JSON each, oldest first. Rows below 2 kB are never
// compressed; a block is.
const blocks = `
CREATE TABLE public.audit_blocks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  partner_id uuid,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  row_count integer NOT NULL,
  sha256 char(64) NOT NULL,
  content text NOT NULL,
  CONSTRAINT fk_audit_blocks_partner FOREIGN KEY (partner_id) REFERENCES public.partners (id),
  CONSTRAINT check_audit_blocks_row_count CHECK (row_count BETWEEN 1 AND 500),
  CONSTRAINT check_audit_blocks_order CHECK (first_at <= last_at)
);
CREATE INDEX idx_audit_blocks_partner_last ON public.audit_blocks (partner_id, last_at DESC, id DESC);
CREATE INDEX idx_audit_blocks_last ON public.audit_blocks (last_at);
ALTER TABLE public.audit_blocks ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.audit_blocks FORCE ROW LEVEL SECURITY;
CREATE POLICY partner_isolation ON public.audit_blocks FOR SELECT TO payments_api USING (${tenant});
CREATE POLICY worker_read ON public.audit_blocks FOR SELECT TO payments_worker USING (true);
CREATE POLICY operations_read ON public.audit_blocks FOR SELECT TO payments_operations USING (true);
CREATE POLICY definer_pack ON public.audit_blocks FOR ALL TO payments_definer
  USING (true) WITH CHECK (true);
GRANT SELECT ON public.audit_blocks TO payments_api, payments_worker, payments_operations;
GRANT SELECT, INSERT, DELETE ON public.audit_blocks TO payments_definer;
CREATE TRIGGER audit_blocks_append_only BEFORE UPDATE OR DELETE ON public.audit_blocks
  FOR EACH ROW WHEN (current_user <> 'payments_definer') EXECUTE FUNCTION public.forbid_change();
CREATE TRIGGER audit_blocks_no_truncate BEFORE TRUNCATE ON public.audit_blocks
  FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();
`;

const verify = `
CREATE FUNCTION public.is_intact(p_block public.audit_blocks) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT p_block.row_count = cardinality(string_to_array(p_block.content, E'\\n'))
    AND p_block.sha256 = encode(sha256(convert_to(p_block.content, 'UTF8')), 'hex')
$$;
`;

// A month goes as a whole, 90 days after its end: a block each day would be too small to compress.
const pack = `
CREATE FUNCTION public.pack_audit_logs(p_now timestamptz, p_limit integer, p_dry_run boolean)
RETURNS TABLE (done text, rows bigint) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  due_before timestamptz := date_trunc('month', p_now - interval '90 days');
  oldest record;
  month timestamptz;
  block_id uuid;
  moved_rows bigint;
  block_rows bigint;
  packed bigint := 0;
BEGIN
  IF p_dry_run THEN
    RETURN QUERY SELECT 'audit_logs_packed', count(*) FROM public.audit_logs AS a
      WHERE a.created_at < due_before AND NOT public.is_held(a.partner_id, a.resource_id)
      HAVING count(*) > 0;
    RETURN;
  END IF;
  WHILE packed < p_limit LOOP
    SELECT a.partner_id, a.created_at INTO oldest FROM public.audit_logs AS a
      WHERE a.created_at < due_before AND NOT public.is_held(a.partner_id, a.resource_id)
      ORDER BY a.id LIMIT 1;
    EXIT WHEN NOT FOUND;
    month := date_trunc('month', oldest.created_at);
    WITH due AS (
      SELECT a.id, a.created_at FROM public.audit_logs AS a
      WHERE (a.partner_id = oldest.partner_id
          OR (oldest.partner_id IS NULL AND a.partner_id IS NULL))
        AND a.created_at >= month AND a.created_at < month + interval '1 month'
        AND NOT public.is_held(a.partner_id, a.resource_id)
      ORDER BY a.created_at, a.id LIMIT LEAST(500, p_limit)
    ), moved AS (
      DELETE FROM public.audit_logs AS a USING due
      WHERE a.id = due.id AND a.created_at = due.created_at
        AND a.created_at >= month AND a.created_at < month + interval '1 month'
      RETURNING a.*
    ), block AS (
      SELECT count(*) AS row_count, min(m.created_at) AS first_at, max(m.created_at) AS last_at,
        string_agg(to_jsonb(m)::text, E'\\n' ORDER BY m.created_at, m.id) AS content
      FROM moved AS m
    ), kept AS (
      INSERT INTO public.audit_blocks (partner_id, first_at, last_at, row_count, sha256, content)
      SELECT oldest.partner_id, b.first_at, b.last_at, b.row_count,
        encode(sha256(convert_to(b.content, 'UTF8')), 'hex'), b.content
      FROM block AS b
      RETURNING id
    )
    SELECT kept.id, (SELECT count(*) FROM moved) INTO block_id, moved_rows FROM kept;
    SELECT b.row_count INTO block_rows FROM public.audit_blocks AS b
      WHERE b.id = block_id AND public.is_intact(b);
    IF block_rows IS DISTINCT FROM moved_rows THEN
      RAISE EXCEPTION 'an audit block is not what was written';
    END IF;
    packed := packed + moved_rows;
  END LOOP;
  IF packed > 0 THEN
    RETURN QUERY SELECT 'audit_logs_packed', packed;
  END IF;
END $$;
`;

// A block tells of many records: any hold on its partner keeps it.
const expire = `
CREATE FUNCTION public.expire_audit_blocks(p_now timestamptz, p_limit integer, p_dry_run boolean)
RETURNS TABLE (done text, rows bigint) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  due uuid[] := ARRAY(SELECT b.id FROM public.audit_blocks AS b
    WHERE b.last_at < p_now - interval '3 years' AND NOT EXISTS (
      SELECT FROM public.legal_holds AS h
      WHERE h.partner_id = b.partner_id AND h.released_at IS NULL)
    ORDER BY b.last_at LIMIT CASE WHEN p_dry_run THEN NULL ELSE p_limit END);
BEGIN
  IF NOT p_dry_run THEN
    DELETE FROM public.audit_blocks AS b WHERE b.id = ANY (due);
  END IF;
  IF cardinality(due) > 0 THEN
    RETURN QUERY SELECT 'audit_blocks_deleted', cardinality(due)::bigint;
  END IF;
END $$;
CREATE FUNCTION public.drop_audit_partitions(
  p_now timestamptz, p_limit integer, p_dry_run boolean
) RETURNS TABLE (done text, rows bigint) LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
  SELECT * FROM public.drop_old_partitions('audit_logs', p_now - interval '90 days', p_dry_run)
$$;
`;

const access = `
REVOKE EXECUTE ON FUNCTION public.is_intact(public.audit_blocks),
  public.pack_audit_logs(timestamptz, integer, boolean),
  public.expire_audit_blocks(timestamptz, integer, boolean),
  public.drop_audit_partitions(timestamptz, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.pack_audit_logs(timestamptz, integer, boolean),
  public.expire_audit_blocks(timestamptz, integer, boolean),
  public.drop_audit_partitions(timestamptz, integer, boolean) TO payments_worker;
GRANT EXECUTE ON FUNCTION public.is_intact(public.audit_blocks)
  TO payments_worker, payments_operations, payments_definer;
GRANT CREATE ON SCHEMA public TO payments_definer;
ALTER FUNCTION public.pack_audit_logs(timestamptz, integer, boolean) OWNER TO payments_definer;
ALTER FUNCTION public.expire_audit_blocks(timestamptz, integer, boolean) OWNER TO payments_definer;
REVOKE CREATE ON SCHEMA public FROM payments_definer;
`;

export class PackAuditLogs1795300000053 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(blocks + verify + pack + expire + access);
  }
}
