import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// A table made apart and then attached takes only SHARE UPDATE EXCLUSIVE on the parent, so writers
// go on; CREATE TABLE ... PARTITION OF would queue every payment behind the slowest open writer.
const attachPartition = `
CREATE FUNCTION public.attach_partition(p_parent text, p_suffix text, p_bounds text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  partition_name text := p_parent || '_' || p_suffix;
BEGIN
  EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
    partition_name, p_parent);
  EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', partition_name);
  EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', partition_name);
  EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON public.%I'
    ' FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change()',
    partition_name || '_no_truncate', partition_name);
  EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I %s',
    p_parent, partition_name, p_bounds);
END $$;
`;

const ensurePartitions = `
CREATE FUNCTION public.ensure_partitions(
  p_months_ahead integer DEFAULT 3, p_now timestamptz DEFAULT now()
) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  parent text;
  month timestamp;
  tries integer;
BEGIN
  IF p_months_ahead NOT BETWEEN 0 AND 120 THEN
    RAISE EXCEPTION 'months ahead must lie between 0 and 120, not %', p_months_ahead
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('ensure_partitions'));
  FOREACH parent IN ARRAY ARRAY['transaction_events', 'audit_logs'] LOOP
    FOR month IN SELECT date_trunc('month', p_now AT TIME ZONE 'UTC') + make_interval(months => n)
                   FROM generate_series(-1, p_months_ahead) AS n LOOP
      tries := 0;
      WHILE to_regclass('public.' || parent || to_char(month, '_YYYY_MM')) IS NULL LOOP
        tries := tries + 1;
        BEGIN
          PERFORM public.attach_partition(parent, to_char(month, 'YYYY_MM'), format(
            'FOR VALUES FROM (%L) TO (%L)', to_char(month, 'YYYY-MM-DD 00:00:00+00'),
            to_char(month + interval '1 month', 'YYYY-MM-DD 00:00:00+00')));
          RETURN NEXT parent || to_char(month, '_YYYY_MM');
        EXCEPTION
          WHEN lock_not_available THEN
            IF tries >= 3 THEN RAISE; END IF;
          WHEN check_violation THEN
            -- Rows of this month lie in the default partition: they stay readable there.
            RAISE WARNING 'partition % of % not made: its rows lie in the default partition',
              to_char(month, 'YYYY-MM'), parent;
            EXIT;
        END;
      END LOOP;
    END LOOP;
  END LOOP;
END $$;
`;

const firstPartitions = `
SELECT public.attach_partition('transaction_events', 'default', 'DEFAULT');
SELECT public.attach_partition('audit_logs', 'default', 'DEFAULT');
SELECT public.ensure_partitions(3);
`;

export class CreatePartitions1795300000007 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(attachPartition + ensurePartitions + firstPartitions);
  }
}
