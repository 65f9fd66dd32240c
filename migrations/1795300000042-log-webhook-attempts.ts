import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const tenant = `partner_id = ANY ((SELECT string_to_array(current_setting('app.current_partner_id', true), ',')::uuid[])::uuid[])`;

// A receiver may answer with what it was sent, so the answer is sealed like the payer's data.
const attempts = `
CREATE TABLE public.webhook_delivery_attempts (
  delivery_id uuid NOT NULL,
  number integer NOT NULL,
  partner_id uuid NOT NULL,
  url varchar(512) NOT NULL,
  request_headers jsonb NOT NULL,
  body_hash text NOT NULL,
  http_status integer,
  failure_reason text,
  answer text,
  duration_ms integer NOT NULL,
  started_at timestamptz NOT NULL,
  CONSTRAINT pk_webhook_delivery_attempts PRIMARY KEY (delivery_id, number),
  CONSTRAINT fk_webhook_delivery_attempts_delivery
    FOREIGN KEY (delivery_id, partner_id) REFERENCES public.webhook_deliveries (id, partner_id),
  CONSTRAINT check_webhook_delivery_attempts_number CHECK (number > 0),
  CONSTRAINT check_webhook_delivery_attempts_outcome
    CHECK ((http_status IS NULL) <> (failure_reason IS NULL)),
  CONSTRAINT check_webhook_delivery_attempts_duration CHECK (duration_ms >= 0)
);
`;

// After 90 days the log may go, with its deliveries. An answer under another key is the same answer.
const appendOnly = `
CREATE FUNCTION public.refuse_attempt_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.started_at < clock_timestamp() - interval '90 days' THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND split_part(OLD.answer, '.', 1) <> split_part(NEW.answer, '.', 1)
    AND to_jsonb(OLD) - 'answer' = to_jsonb(NEW) - 'answer' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
END $$;
CREATE TRIGGER webhook_delivery_attempts_append_only
  BEFORE UPDATE OR DELETE ON public.webhook_delivery_attempts
  FOR EACH ROW EXECUTE FUNCTION public.refuse_attempt_change();
CREATE TRIGGER webhook_delivery_attempts_no_truncate
  BEFORE TRUNCATE ON public.webhook_delivery_attempts
  FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();
`;

const access = `
ALTER TABLE public.webhook_delivery_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.webhook_delivery_attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY partner_isolation ON public.webhook_delivery_attempts FOR SELECT TO payments_api
  USING (${tenant});
CREATE POLICY worker_read ON public.webhook_delivery_attempts FOR SELECT TO payments_worker
  USING (true);
CREATE POLICY worker_insert ON public.webhook_delivery_attempts FOR INSERT TO payments_worker
  WITH CHECK (true);
CREATE POLICY operations_read ON public.webhook_delivery_attempts FOR SELECT TO payments_operations
  USING (true);
CREATE POLICY operations_reseal ON public.webhook_delivery_attempts FOR UPDATE
  TO payments_operations USING (true) WITH CHECK (true);
GRANT SELECT ON public.webhook_delivery_attempts
  TO payments_api, payments_worker, payments_operations;
GRANT INSERT ON public.webhook_delivery_attempts TO payments_worker;
GRANT UPDATE (answer) ON public.webhook_delivery_attempts TO payments_operations;
`;

export class LogWebhookAttempts1795300000042 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(attempts + appendOnly + access);
  }
}
