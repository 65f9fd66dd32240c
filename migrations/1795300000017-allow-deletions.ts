import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// Operations delete softly, and only what is settled: enforce_transaction_transition and
// enforce_refund_transition refuse the rest. No other column is theirs to write.
const deletions = `
GRANT UPDATE (deleted_at) ON public.transactions, public.refunds TO payments_operations;
GRANT EXECUTE ON FUNCTION
  public.may_move_transaction(text, text, text, text, text),
  public.may_move_refund(text, text, text, text, text, text) TO payments_operations;
CREATE POLICY operations_update ON public.transactions FOR UPDATE TO payments_operations
  USING (true) WITH CHECK (true);
CREATE POLICY operations_update ON public.refunds FOR UPDATE TO payments_operations
  USING (true) WITH CHECK (true);
`;

export class AllowDeletions1795300000017 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(deletions);
  }
}
