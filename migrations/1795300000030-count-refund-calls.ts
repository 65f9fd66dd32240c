import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// As in an attempt, sends counts the calls that may have reached the provider; 0 is a refund that was
// never sent, as one that was made at the provider itself.
const column = `
ALTER TABLE public.refunds
  ADD COLUMN sends smallint NOT NULL DEFAULT 1,
  ADD CONSTRAINT check_refunds_sends CHECK (
    sends >= 0 AND (sends > 0 OR certainty = 'never_sent' OR source = 'provider'));
GRANT UPDATE (sends) ON public.refunds TO payments_api, payments_worker;
GRANT INSERT (sends) ON public.refunds TO payments_worker;
`;

// What is known of a call stays known: the word of a provider is not forgotten, calls are not uncounted,
// and nothing was sent only where there was one call at most and no word of the provider.
const certainty = `
CREATE FUNCTION public.enforce_certainty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what is known of % of % may not become less', TG_TABLE_NAME, NEW.id
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_certainty';
  RETURN NULL;
END $$;
${['transaction_attempts', 'refunds']
  .map(
    (table) => `
CREATE TRIGGER enforce_certainty_trigger AFTER UPDATE OF certainty, sends ON public.${table}
  FOR EACH ROW WHEN (
    (OLD.certainty = 'confirmed' AND NEW.certainty <> 'confirmed')
    OR (OLD.certainty <> 'never_sent' AND NEW.certainty = 'never_sent' AND OLD.sends > 1)
    OR (NEW.sends < OLD.sends AND (OLD.sends > 1 OR NEW.certainty <> 'never_sent')))
  EXECUTE FUNCTION public.enforce_certainty();`,
  )
  .join('')}
`;

export class CountRefundCalls1795300000030 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(column + certainty);
  }
}
