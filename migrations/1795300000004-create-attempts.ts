import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const attempts = `
CREATE TABLE public.transaction_attempts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  transaction_id uuid NOT NULL,
  partner_id uuid NOT NULL,
  attempt_no smallint NOT NULL,
  provider public.payment_provider NOT NULL,
  provider_account varchar(100) NOT NULL DEFAULT 'default',
  provider_transaction_id varchar(255),
  status text NOT NULL DEFAULT 'in_flight',
  certainty text NOT NULL DEFAULT 'sent_unconfirmed',
  error_code varchar(50),
  error_message text,
  decline_code varchar(50),
  provider_response jsonb,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  CONSTRAINT fk_transaction_attempts_transaction
    FOREIGN KEY (transaction_id, partner_id) REFERENCES public.transactions (id, partner_id),
  CONSTRAINT unique_transaction_attempts_number UNIQUE (transaction_id, attempt_no),
  CONSTRAINT check_transaction_attempts_number CHECK (attempt_no > 0),
  CONSTRAINT check_transaction_attempts_status CHECK (
    status IN ('in_flight', 'processing', 'completed', 'declined', 'failed', 'cancelled')),
  CONSTRAINT check_transaction_attempts_certainty CHECK (CASE
    WHEN status IN ('completed', 'declined') THEN certainty = 'confirmed'
    WHEN status IN ('failed', 'cancelled') THEN certainty IN ('never_sent', 'confirmed')
    ELSE certainty IN ('never_sent', 'sent_unconfirmed', 'confirmed') END),
  CONSTRAINT check_transaction_attempts_finished
    CHECK ((finished_at IS NULL) = (status IN ('in_flight', 'processing'))),
  CONSTRAINT check_transaction_attempts_response_size
    CHECK (pg_column_size(provider_response) <= 16384)
);
-- One attempt at a time: a second one is refused while the first is unresolved.
CREATE UNIQUE INDEX unique_transaction_attempts_unresolved
  ON public.transaction_attempts (transaction_id) WHERE status IN ('in_flight', 'processing');
CREATE UNIQUE INDEX unique_transaction_attempts_provider_transaction
  ON public.transaction_attempts (provider, provider_account, provider_transaction_id)
  WHERE provider_transaction_id IS NOT NULL;
`;

export class CreateAttempts1795300000004 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(attempts);
  }
}
