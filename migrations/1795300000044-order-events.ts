import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// Who began first may write last: its transaction waited for the payment, and its id is the smaller
// one. The event gets the place of the newest transaction that had ended by then. That one is as new
// as whoever wrote the payment's event before, and not newer than what a reader may see once this
// transaction ends. The snapshot is fresh, as the function is volatile.
const placeEvents = `
CREATE FUNCTION public.place_transaction_event() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  NEW.xact_id := GREATEST(pg_current_xact_id()::text::bigint,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1);
  RETURN NEW;
END $$;
CREATE TRIGGER place_transaction_event_trigger BEFORE INSERT ON public.transaction_events
  FOR EACH ROW EXECUTE FUNCTION public.place_transaction_event();
`;

export class OrderEvents1795300000044 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(placeEvents);
  }
}
