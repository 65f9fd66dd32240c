import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const ownMetadata = `
GRANT UPDATE (metadata) ON public.partners TO payments_api;
`;

export class LetPartnersChangeThemselves1795300000043 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(ownMetadata);
  }
}
