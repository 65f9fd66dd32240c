import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// What a run has done so far is written with each of its batches, so that a run that dies is told of
// by the next one. next_run_at is the lease of the run as well.
const runs = `
CREATE TABLE public.lifecycle_runs (
  job varchar(50) PRIMARY KEY,
  next_run_at timestamptz NOT NULL,
  counts jsonb NOT NULL DEFAULT '{}',
  last_started_at timestamptz,
  last_succeeded_at timestamptz,
  last_duration_ms integer,
  last_counts jsonb NOT NULL DEFAULT '{}'
);
ALTER TABLE public.lifecycle_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.lifecycle_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY worker_access ON public.lifecycle_runs FOR ALL TO payments_worker
  USING (true) WITH CHECK (true);
CREATE POLICY operations_read ON public.lifecycle_runs FOR SELECT TO payments_operations
  USING (true);
GRANT SELECT, INSERT, UPDATE ON public.lifecycle_runs TO payments_worker;
GRANT SELECT ON public.lifecycle_runs TO payments_operations;
`;

const partitions = `
CREATE FUNCTION public.extend_partitions(
  p_now timestamptz, p_limit integer, p_dry_run boolean
) RETURNS TABLE (done text, rows bigint) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF p_dry_run THEN
    RETURN QUERY SELECT 'partitions_made', count(*)
      FROM unnest(ARRAY['transaction_events', 'audit_logs']) AS parent,
        generate_series(-1, 3) AS n
      WHERE to_regclass('public.' || parent || to_char(date_trunc('month',
        p_now AT TIME ZONE 'UTC') + make_interval(months => n), '_YYYY_MM')) IS NULL
      HAVING count(*) > 0;
  ELSE
    RETURN QUERY SELECT 'partitions_made', count(*) FROM public.ensure_partitions(3, p_now)
      HAVING count(*) > 0;
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION public.extend_partitions(timestamptz, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.extend_partitions(timestamptz, integer, boolean)
  TO payments_worker;
`;

export class ScheduleLifecycle1795300000051 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(runs + partitions);
  }
}
