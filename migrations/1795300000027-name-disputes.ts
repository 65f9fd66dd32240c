import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// A value can be used after the commit that adds it: what needs these comes with the next migration.
const labels = `
ALTER TYPE public.event_type ADD VALUE 'dispute_opened';
ALTER TYPE public.event_type ADD VALUE 'dispute_won';
ALTER TYPE public.event_type ADD VALUE 'dispute_lost';
`;

export class NameDisputes1795300000027 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(labels);
  }
}
