import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// A refund that somebody made at the provider itself. Nobody asked us for it: it is never sent.
const source = `
ALTER TABLE public.refunds
  ADD COLUMN source text NOT NULL DEFAULT 'api',
  ADD CONSTRAINT check_refunds_source CHECK (source IN ('api', 'provider')),
  ADD CONSTRAINT check_refunds_source_id
    CHECK (source = 'api' OR provider_refund_id IS NOT NULL);
GRANT INSERT (source) ON public.refunds TO payments_worker;
`;

const extraEvent = `from_status IS NULL AND status IS NULL AND event_type IN ('payment_initiated',
    'attempt_started', 'attempt_failed', 'outcome_unknown', 'webhook_received')`;
const dispute = `from_status IS NULL AND status IS NULL AND event_type IN ('dispute_opened', 'dispute_won',
    'dispute_lost') AND created_by LIKE 'provider:%'`;

// Disputes come by webhook, which the worker applies.
const disputes = `
ALTER POLICY worker_insert ON public.transaction_events
  WITH CHECK (pg_trigger_depth() > 0 OR (${extraEvent}) OR (${dispute}));
`;

export class RecordProviderFacts1795300000028 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(source + disputes);
  }
}
