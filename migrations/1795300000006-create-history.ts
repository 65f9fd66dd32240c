import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const events = `
CREATE TABLE public.transaction_events (
  id bigserial,
  transaction_id uuid NOT NULL,
  partner_id uuid NOT NULL,
  refund_id uuid,
  sequence integer NOT NULL,
  event_type public.event_type NOT NULL,
  from_status varchar(50),
  status varchar(50),
  provider_response jsonb,
  error_message text,
  created_by varchar(100),
  request_id uuid,
  ip_address inet,
  -- The feed reads below pg_snapshot_xmin(): ids are not in the order of commits.
  xact_id bigint NOT NULL DEFAULT (pg_current_xact_id()::text)::bigint,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT transaction_events_pkey PRIMARY KEY (id, created_at),
  CONSTRAINT check_transaction_events_sequence CHECK (sequence > 0),
  CONSTRAINT check_transaction_events_response_size
    CHECK (pg_column_size(provider_response) <= 16384)
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_transaction_events_txn_created
  ON public.transaction_events (transaction_id, created_at DESC);
CREATE INDEX idx_transaction_events_partner_xact
  ON public.transaction_events (partner_id, xact_id, id);
`;

const auditLogs = `
CREATE TABLE public.audit_logs (
  id bigserial,
  partner_id uuid REFERENCES public.partners (id),
  actor varchar(100) NOT NULL,
  actor_type varchar(20) NOT NULL,
  action varchar(100) NOT NULL,
  resource_type varchar(50) NOT NULL,
  resource_id uuid,
  http_status smallint,
  occurrences integer NOT NULL DEFAULT 1,
  ip_address inet,
  user_agent text,
  request_id uuid,
  changes jsonb,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT audit_logs_pkey PRIMARY KEY (id, created_at),
  CONSTRAINT check_audit_logs_actor_type
    CHECK (actor_type IN ('partner', 'operator', 'provider', 'system', 'anonymous')),
  CONSTRAINT check_audit_logs_occurrences CHECK (occurrences > 0)
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_audit_logs_partner_created
  ON public.audit_logs (partner_id, created_at DESC, id DESC);
CREATE INDEX idx_audit_logs_created_at ON public.audit_logs (created_at DESC);
CREATE INDEX idx_audit_logs_resource ON public.audit_logs (resource_type, resource_id);
`;

const appendOnly = `
CREATE FUNCTION public.forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
END $$;
CREATE TRIGGER transaction_events_append_only BEFORE UPDATE OR DELETE ON public.transaction_events
  FOR EACH ROW EXECUTE FUNCTION public.forbid_change();
CREATE TRIGGER transaction_events_no_truncate BEFORE TRUNCATE ON public.transaction_events
  FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();
CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON public.audit_logs
  FOR EACH ROW EXECUTE FUNCTION public.forbid_change();
CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON public.audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();
`;

export class CreateHistory1795300000006 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(events + auditLogs + appendOnly);
  }
}
