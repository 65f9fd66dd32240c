import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const tenant = `partner_id = ANY ((SELECT string_to_array(current_setting('app.current_partner_id', true), ',')::uuid[])::uuid[])`;

// One row is one webhook that a partner is owed. Its id is the webhook-id of every attempt.
const deliveries = `
CREATE TABLE public.webhook_deliveries (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  partner_id uuid NOT NULL,
  transaction_id uuid NOT NULL,
  event_id bigint NOT NULL,
  event_created_at timestamptz NOT NULL,
  type varchar(50) NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  attempt_count integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz DEFAULT clock_timestamp(),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT fk_webhook_deliveries_transaction
    FOREIGN KEY (transaction_id, partner_id) REFERENCES public.transactions (id, partner_id),
  CONSTRAINT unique_webhook_deliveries_event UNIQUE (event_id),
  CONSTRAINT check_webhook_deliveries_type CHECK (type IN ('transaction.created',
    'transaction.processing', 'transaction.completed', 'transaction.failed',
    'transaction.cancelled', 'transaction.partially_refunded', 'transaction.refunded',
    'refund.created', 'refund.processing', 'refund.completed', 'refund.failed')),
  CONSTRAINT check_webhook_deliveries_status CHECK (status IN ('pending', 'delivered', 'failed')),
  CONSTRAINT check_webhook_deliveries_attempt_count CHECK (attempt_count >= 0)
);
CREATE INDEX idx_webhook_deliveries_due ON public.webhook_deliveries (next_attempt_at)
  WHERE status = 'pending';
`;

const isolation = `
ALTER TABLE public.webhook_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.webhook_deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY partner_isolation ON public.webhook_deliveries FOR SELECT TO payments_api
  USING (${tenant});
CREATE POLICY partner_insert ON public.webhook_deliveries FOR INSERT TO payments_api
  WITH CHECK (${tenant} AND pg_trigger_depth() > 0);
CREATE POLICY worker_read ON public.webhook_deliveries FOR SELECT TO payments_worker USING (true);
CREATE POLICY worker_insert ON public.webhook_deliveries FOR INSERT TO payments_worker
  WITH CHECK (pg_trigger_depth() > 0);
CREATE POLICY operations_read ON public.webhook_deliveries FOR SELECT TO payments_operations
  USING (true);
GRANT SELECT, INSERT (partner_id, transaction_id, event_id, event_created_at, type)
  ON public.webhook_deliveries TO payments_api, payments_worker;
GRANT SELECT ON public.webhook_deliveries TO payments_operations;
`;

// The trigger touches no transaction: its row may be in the middle of the change that this event tells of.
const outbox = `
CREATE FUNCTION public.put_event_in_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.webhook_deliveries (partner_id, transaction_id, event_id, event_created_at, type)
  SELECT NEW.partner_id, NEW.transaction_id, NEW.id, NEW.created_at, CASE NEW.event_type
      WHEN 'created' THEN 'transaction.created'
      WHEN 'payment_processing' THEN 'transaction.processing'
      WHEN 'payment_completed' THEN 'transaction.completed'
      WHEN 'payment_failed' THEN 'transaction.failed'
      WHEN 'payment_cancelled' THEN 'transaction.cancelled'
      WHEN 'refund_initiated' THEN 'refund.created'
      WHEN 'refund_processing' THEN 'refund.processing'
      WHEN 'refund_completed' THEN 'refund.completed'
      WHEN 'refund_failed' THEN 'refund.failed'
      ELSE 'transaction.' || NEW.status END
    FROM public.partners AS p WHERE p.id = NEW.partner_id AND p.webhook_url IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER put_event_in_outbox_trigger AFTER INSERT ON public.transaction_events
  FOR EACH ROW WHEN (NEW.event_type IN ('created', 'payment_processing', 'payment_completed',
      'payment_failed', 'payment_cancelled', 'refund_initiated', 'refund_processing',
      'refund_completed', 'refund_failed')
    OR (NEW.event_type = 'status_changed' AND NEW.status IN ('partially_refunded', 'refunded')))
  EXECUTE FUNCTION public.put_event_in_outbox();
`;

// Rewriting a column fills it past row-level security and without triggers; the CHECK looks at every row.
const subscriptions = `
CREATE FUNCTION public.date_webhook_url() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.webhook_url_since := CASE
    WHEN NEW.webhook_url IS NULL THEN NULL
    WHEN TG_OP = 'UPDATE' AND OLD.webhook_url IS NOT NULL THEN OLD.webhook_url_since
    ELSE clock_timestamp() END;
  RETURN NEW;
END $$;
ALTER TABLE public.partners ADD COLUMN webhook_url_since timestamptz;
ALTER TABLE public.partners ALTER COLUMN webhook_url_since TYPE timestamptz
  USING CASE WHEN webhook_url IS NOT NULL THEN clock_timestamp() END;
ALTER TABLE public.partners ADD CONSTRAINT check_partners_webhook_url_since
  CHECK ((webhook_url IS NULL) = (webhook_url_since IS NULL));
CREATE TRIGGER date_webhook_url_trigger BEFORE INSERT OR UPDATE ON public.partners
  FOR EACH ROW EXECUTE FUNCTION public.date_webhook_url();
GRANT SELECT (webhook_url_since) ON public.partners TO payments_api, payments_worker;
`;

export class CreateWebhookOutbox1795300000019 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(deliveries + isolation + outbox + subscriptions);
  }
}
