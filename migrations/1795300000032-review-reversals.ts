import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

const kinds = `
ALTER TABLE public.review_items
  DROP CONSTRAINT check_review_items_kind,
  ADD CONSTRAINT check_review_items_kind CHECK (kind IN ('outcome_unknown', 'late_success',
    'double_charge', 'payment_reversed', 'amount_mismatch', 'refund_excess', 'dashboard_refund',
    'dispute', 'unmapped_status', 'webhook_failed'));
`;

export class ReviewReversals1795300000032 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(kinds);
  }
}
