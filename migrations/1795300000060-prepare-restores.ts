import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// One row for each minute of a day, so that the table never grows.
const heartbeats = `
CREATE TABLE public.backup_heartbeats (
  slot smallint PRIMARY KEY,
  written_at timestamptz NOT NULL,
  CONSTRAINT check_backup_heartbeats_slot CHECK (slot BETWEEN 0 AND 1439)
);
ALTER TABLE public.backup_heartbeats ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.backup_heartbeats FORCE ROW LEVEL SECURITY;
CREATE POLICY worker_beats ON public.backup_heartbeats FOR ALL TO payments_worker
  USING (true) WITH CHECK (true);
CREATE POLICY operations_read ON public.backup_heartbeats FOR SELECT TO payments_operations
  USING (true);
GRANT SELECT, INSERT, UPDATE (written_at) ON public.backup_heartbeats TO payments_worker;
GRANT SELECT ON public.backup_heartbeats TO payments_operations;
`;

const epochs = `
CREATE TABLE public.event_feed_epochs (
  epoch integer PRIMARY KEY,
  began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT check_event_feed_epochs_epoch CHECK (epoch > 0)
);
INSERT INTO public.event_feed_epochs (epoch) VALUES (1);
ALTER TABLE public.event_feed_epochs ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.event_feed_epochs FORCE ROW LEVEL SECURITY;
CREATE POLICY everyone_reads ON public.event_feed_epochs FOR SELECT
  TO payments_api, payments_worker, payments_operations USING (true);
GRANT SELECT ON public.event_feed_epochs TO payments_api, payments_worker, payments_operations;
`;

// The places of restored events are ids of another cluster's transactions. Below zero they keep their
// order and come before every id that this cluster gives.
const beginEpoch = `
CREATE FUNCTION public.begin_event_feed_epoch() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  newest bigint;
  begun integer;
BEGIN
  IF row_security_active('public.transaction_events') THEN
    RAISE EXCEPTION 'rows of transaction_events are hidden from %: call it as a superuser', current_user
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('session_replication_role', 'replica', true);
  LOCK TABLE public.transaction_events IN SHARE ROW EXCLUSIVE MODE;
  SELECT greatest((SELECT max(xact_id) FROM public.transaction_events),
    (SELECT max(xact_id) FROM public.event_horizons)) INTO newest;
  UPDATE public.transaction_events SET xact_id = xact_id - newest - 1 WHERE newest >= 0;
  UPDATE public.event_horizons SET xact_id = xact_id - newest - 1 WHERE newest >= 0;
  INSERT INTO public.event_feed_epochs (epoch)
    SELECT max(epoch) + 1 FROM public.event_feed_epochs RETURNING epoch INTO begun;
  PERFORM set_config('session_replication_role', 'origin', true);
  RETURN begun;
END $$;
REVOKE EXECUTE ON FUNCTION public.begin_event_feed_epoch() FROM PUBLIC;
`;

export class PrepareRestores1795300000060 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(heartbeats + epochs + beginEpoch);
  }
}
