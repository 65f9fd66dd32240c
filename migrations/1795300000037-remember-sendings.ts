import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// A sending brings what it brought first, also one that only repeated an event. The unique index of
// provider_webhooks stays: it knows the sendings of before, and processes of the release before know no other.
const transmissions = `
CREATE TABLE public.provider_transmissions (
  provider public.payment_provider NOT NULL,
  provider_account varchar(100) NOT NULL,
  transmission_id varchar(255) NOT NULL,
  provider_event_id varchar(255) NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (provider, provider_account, transmission_id)
);
ALTER TABLE public.provider_transmissions ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.provider_transmissions FORCE ROW LEVEL SECURITY;
CREATE POLICY receive ON public.provider_transmissions FOR INSERT TO payments_api WITH CHECK (true);
CREATE POLICY operations_read ON public.provider_transmissions FOR SELECT TO payments_operations
  USING (true);
GRANT INSERT (provider, provider_account, transmission_id, provider_event_id)
  ON public.provider_transmissions TO payments_api;
GRANT SELECT ON public.provider_transmissions TO payments_operations;
`;

export class RememberSendings1795300000037 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(transmissions);
  }
}
