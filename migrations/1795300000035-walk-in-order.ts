import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// The newest rows are walked in the order of their index. For a partner whose rows are not many times the
// five thousand of a walk, the planner would rather read and sort them all.
const search = `
SET LOCAL ROLE payments_definer;
ALTER FUNCTION public.search_transactions(integer, timestamptz, uuid, timestamptz, timestamptz,
  public.transaction_status, public.payment_provider, text, text, numeric, numeric, jsonb, text[], text)
  SET enable_sort = off;
SET LOCAL ROLE payments_owner;
`;

export class WalkInOrder1795300000035 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(search);
  }
}
