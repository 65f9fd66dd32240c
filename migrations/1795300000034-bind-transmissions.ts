import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

/** A sending whose signature covers its body by a checksum alone brings one event, and no second one. */
const bindTransmissions = `
ALTER TABLE public.provider_webhooks ADD COLUMN transmission_id varchar(255);
CREATE UNIQUE INDEX unique_provider_webhooks_transmission
  ON public.provider_webhooks (provider, provider_account, transmission_id)
  WHERE transmission_id IS NOT NULL;
GRANT INSERT (transmission_id) ON public.provider_webhooks TO payments_api;
`;

export class BindTransmissions1795300000034 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(bindTransmissions);
  }
}
