import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const table = `
CREATE TABLE public.refunds (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  transaction_id uuid NOT NULL,
  partner_id uuid NOT NULL,
  idempotency_key varchar(255) NOT NULL,
  request_hash char(64),
  amount numeric(19,4) NOT NULL CHECK (amount > 0),
  currency varchar(3) NOT NULL,
  refund_excess numeric(19,4) NOT NULL DEFAULT 0,
  reason varchar(255) NOT NULL,
  status public.refund_status NOT NULL DEFAULT 'pending',
  certainty text NOT NULL DEFAULT 'sent_unconfirmed',
  provider public.payment_provider NOT NULL,
  provider_account varchar(100) NOT NULL DEFAULT 'default',
  provider_refund_id varchar(255),
  error_code varchar(50),
  error_message text,
  metadata jsonb,
  next_sync_at timestamptz,
  sync_count integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  changed_by varchar(100),
  changed_request_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  processed_at timestamptz,
  failed_at timestamptz,
  deleted_at timestamptz,
  CONSTRAINT refunds_transaction_id_fkey
    FOREIGN KEY (transaction_id, partner_id) REFERENCES public.transactions (id, partner_id),
  CONSTRAINT fk_refunds_currency FOREIGN KEY (currency) REFERENCES public.currencies (code),
  CONSTRAINT unique_refunds_partner_idempotency UNIQUE (partner_id, idempotency_key)
);
`;

const checks = `
ALTER TABLE public.refunds
  ADD CONSTRAINT check_refund_amount_positive CHECK (amount > 0),
  -- NaN is greater than every number: without an upper bound it passes.
  ADD CONSTRAINT check_refunds_amount_max CHECK (amount <= 15000000.00),
  ADD CONSTRAINT check_refunds_excess CHECK (refund_excess BETWEEN 0 AND amount),
  ADD CONSTRAINT check_refunds_timestamps CHECK (CASE status
    WHEN 'completed' THEN processed_at IS NOT NULL AND failed_at IS NULL
    WHEN 'failed' THEN failed_at IS NOT NULL
    ELSE processed_at IS NULL AND failed_at IS NULL END),
  ADD CONSTRAINT check_refunds_certainty CHECK (CASE
    WHEN status = 'completed' THEN certainty = 'confirmed'
    WHEN status = 'failed' THEN certainty IN ('never_sent', 'confirmed')
    ELSE certainty IN ('never_sent', 'sent_unconfirmed', 'confirmed') END),
  ADD CONSTRAINT check_refunds_changed_by CHECK (
    changed_by IN ('partner', 'system') OR changed_by ~ '^(operator|provider):[A-Za-z0-9._@-]+$'),
  ADD CONSTRAINT check_refunds_counts CHECK (sync_count >= 0 AND version > 0);
`;

const indexes = `
CREATE UNIQUE INDEX unique_refunds_provider_refund
  ON public.refunds (provider, provider_account, provider_refund_id)
  WHERE provider_refund_id IS NOT NULL;
CREATE INDEX idx_refunds_transaction_id ON public.refunds (transaction_id)
  WHERE deleted_at IS NULL;
CREATE INDEX idx_refunds_created_at ON public.refunds (created_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX idx_refunds_partner_created
  ON public.refunds (partner_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX idx_refunds_due ON public.refunds (next_sync_at)
  WHERE status IN ('pending', 'processing');
`;

export class CreateRefunds1795300000005 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(table + checks + indexes);
  }
}
