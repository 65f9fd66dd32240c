import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const tenant = `partner_id = ANY ((SELECT string_to_array(current_setting('app.current_partner_id', true), ',')::uuid[])::uuid[])`;

// No foreign key to transactions: an item outlives the payment's way into the archive.
const table = `
CREATE TABLE public.review_items (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind text NOT NULL,
  subject varchar(300) NOT NULL,
  partner_id uuid,
  transaction_id uuid,
  refund_id uuid,
  provider_webhook_id uuid,
  provider public.payment_provider,
  provider_account varchar(100),
  details jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'open',
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  occurrences integer NOT NULL DEFAULT 1,
  last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  resolved_at timestamptz,
  resolved_by varchar(100),
  resolution text,
  CONSTRAINT fk_review_items_partner FOREIGN KEY (partner_id) REFERENCES public.partners (id),
  CONSTRAINT check_review_items_kind CHECK (kind IN ('outcome_unknown', 'late_success',
    'double_charge', 'amount_mismatch', 'refund_excess', 'dashboard_refund', 'dispute',
    'unmapped_status', 'webhook_failed')),
  CONSTRAINT check_review_items_status CHECK (status IN ('open', 'resolved')),
  CONSTRAINT check_review_items_resolution CHECK (num_nonnulls(resolved_at, resolved_by, resolution)
    = CASE status WHEN 'resolved' THEN 3 ELSE 0 END),
  CONSTRAINT check_review_items_parents CHECK (
    (transaction_id IS NULL OR partner_id IS NOT NULL)
    AND (refund_id IS NULL OR transaction_id IS NOT NULL)),
  CONSTRAINT check_review_items_occurrences CHECK (occurrences > 0),
  CONSTRAINT check_review_items_details_size CHECK (pg_column_size(details) <= 16384)
);
-- With the partner in it, a conflict tells nobody about the items of another.
CREATE UNIQUE INDEX unique_review_items_open
  ON public.review_items (kind, subject, partner_id) NULLS NOT DISTINCT WHERE status = 'open';
CREATE INDEX idx_review_items_opened ON public.review_items (opened_at DESC, id DESC);
CREATE INDEX idx_review_items_open ON public.review_items (opened_at DESC, id DESC)
  WHERE status = 'open';
CREATE INDEX idx_review_items_transaction ON public.review_items (transaction_id)
  WHERE transaction_id IS NOT NULL;
`;

const isolation = `
ALTER TABLE public.review_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.review_items FORCE ROW LEVEL SECURITY;
CREATE POLICY partner_isolation ON public.review_items FOR ALL TO payments_api
  USING (${tenant}) WITH CHECK (${tenant});
CREATE POLICY worker_access ON public.review_items FOR ALL TO payments_worker
  USING (true) WITH CHECK (true);
CREATE POLICY operations_read ON public.review_items FOR SELECT TO payments_operations
  USING (true);
CREATE POLICY operations_update ON public.review_items FOR UPDATE TO payments_operations
  USING (true) WITH CHECK (true);
GRANT SELECT, INSERT (id, kind, subject, partner_id, transaction_id, refund_id, provider_webhook_id,
  provider, provider_account, details), UPDATE (occurrences, last_seen_at, details)
  ON public.review_items TO payments_api, payments_worker;
GRANT SELECT, UPDATE (status, resolved_at, resolved_by, resolution)
  ON public.review_items TO payments_operations;
`;

const parents = `
CREATE FUNCTION public.enforce_review_parent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM public.transactions
    WHERE id = NEW.transaction_id AND partner_id = NEW.partner_id;
  IF NOT FOUND OR (NEW.refund_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM public.refunds WHERE id = NEW.refund_id
        AND transaction_id = NEW.transaction_id AND partner_id = NEW.partner_id)) THEN
    RAISE EXCEPTION 'a review item needs a transaction and a refund of its partner'
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'review_items_parent_visible';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER enforce_review_parent_trigger AFTER INSERT ON public.review_items
  FOR EACH ROW WHEN (NEW.transaction_id IS NOT NULL AND current_user = 'payments_api')
  EXECUTE FUNCTION public.enforce_review_parent();
`;

const resolutionsStand = `
CREATE FUNCTION public.enforce_review_resolution() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a review item that was resolved stands; what is seen again opens a new one'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'review_items_resolved';
END $$;
CREATE TRIGGER enforce_review_resolution_trigger BEFORE UPDATE ON public.review_items
  FOR EACH ROW WHEN (OLD.status = 'resolved') EXECUTE FUNCTION public.enforce_review_resolution();
`;

export class CreateReviewItems1795300000026 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(table + isolation + parents + resolutionsStand);
  }
}
