import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// Nothing lists resolved review items by time yet; the open ones have an index of their own.
const drop = `DROP INDEX public.idx_review_items_opened;`;

export class DropUnusedIndex1795300000036 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(drop);
  }
}
