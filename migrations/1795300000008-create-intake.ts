import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const idempotencyKeys = `
CREATE TABLE public.idempotency_keys (
  partner_id uuid NOT NULL,
  route varchar(120) NOT NULL,
  key varchar(255) NOT NULL,
  fields jsonb NOT NULL,
  fingerprint char(64) NOT NULL,
  resource_type varchar(50),
  resource_id uuid,
  http_status smallint,
  response text,
  response_hash char(64),
  locked_until timestamptz NOT NULL DEFAULT clock_timestamp() + interval '45 seconds',
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '24 hours',
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (partner_id, route, key),
  CONSTRAINT fk_idempotency_keys_partner FOREIGN KEY (partner_id) REFERENCES public.partners (id),
  CONSTRAINT check_idempotency_keys_answer
    CHECK (num_nulls(http_status, response, response_hash) IN (0, 3)),
  CONSTRAINT check_idempotency_keys_http_status CHECK (http_status BETWEEN 200 AND 499)
);
CREATE INDEX idx_idempotency_keys_expires_at ON public.idempotency_keys (expires_at);
`;

const providerWebhooks = `
CREATE TABLE public.provider_webhooks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  provider public.payment_provider NOT NULL,
  provider_account varchar(100) NOT NULL DEFAULT 'default',
  provider_event_id varchar(255) NOT NULL,
  event_type varchar(100) NOT NULL,
  body text NOT NULL,
  occurred_at timestamptz,
  status text NOT NULL DEFAULT 'received',
  partner_id uuid,
  transaction_id uuid,
  refund_id uuid,
  attempt_count integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz DEFAULT clock_timestamp(),
  last_error text,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  applied_at timestamptz,
  CONSTRAINT unique_provider_webhooks_event
    UNIQUE (provider, provider_account, provider_event_id),
  CONSTRAINT check_provider_webhooks_status
    CHECK (status IN ('received', 'applied', 'parked', 'ignored', 'failed')),
  CONSTRAINT check_provider_webhooks_applied CHECK (status <> 'applied' OR applied_at IS NOT NULL),
  CONSTRAINT check_provider_webhooks_attempt_count CHECK (attempt_count >= 0)
);
CREATE INDEX idx_provider_webhooks_due ON public.provider_webhooks (next_attempt_at)
  WHERE status IN ('received', 'parked');
CREATE INDEX idx_provider_webhooks_transaction ON public.provider_webhooks (transaction_id)
  WHERE transaction_id IS NOT NULL;
`;

export class CreateIntake1795300000008 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(idempotencyKeys + providerWebhooks);
  }
}
