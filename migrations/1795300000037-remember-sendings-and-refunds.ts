import type { MigrationInterface, QueryRunner } from 'typeorm';
import { forwardOnly } from './forward-only.js';

// A sending brings what it brought first, also one that only repeated an event. The unique index of
// provider_webhooks stays: processes of the release before know no other.
const transmissions = `
CREATE TABLE public.provider_transmissions (
  provider public.payment_provider NOT NULL,
  provider_account varchar(100) NOT NULL,
  transmission_id varchar(255) NOT NULL,
  provider_event_id varchar(255) NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (provider, provider_account, transmission_id)
);
CREATE POLICY copy_transmissions ON public.provider_webhooks FOR SELECT TO payments_owner USING (true);
INSERT INTO public.provider_transmissions
  SELECT provider, provider_account, transmission_id, provider_event_id, received_at
  FROM public.provider_webhooks WHERE transmission_id IS NOT NULL;
DROP POLICY copy_transmissions ON public.provider_webhooks;
ALTER TABLE public.provider_transmissions ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.provider_transmissions FORCE ROW LEVEL SECURITY;
CREATE POLICY receive ON public.provider_transmissions FOR INSERT TO payments_api WITH CHECK (true);
CREATE POLICY operations_read ON public.provider_transmissions FOR SELECT TO payments_operations
  USING (true);
GRANT INSERT (provider, provider_account, transmission_id, provider_event_id)
  ON public.provider_transmissions TO payments_api;
GRANT SELECT ON public.provider_transmissions TO payments_operations;
`;

// Refunds whose schedule ended before people were told of it are asked for once more, as in the last look
// of a schedule: after it they are settled, or people are told.
const refunds = `
CREATE POLICY look_again ON public.refunds FOR ALL TO payments_owner USING (true) WITH CHECK (true);
CREATE POLICY look_again ON public.review_items FOR SELECT TO payments_owner USING (true);
UPDATE public.refunds AS r
  SET next_sync_at = clock_timestamp(), sync_count = GREATEST(r.sync_count, 10)
  WHERE r.status = 'processing' AND r.next_sync_at IS NULL AND r.provider <> 'manual'
    AND NOT EXISTS (SELECT FROM public.review_items AS item
      WHERE item.refund_id = r.id AND item.kind = 'outcome_unknown');
DROP POLICY look_again ON public.review_items;
DROP POLICY look_again ON public.refunds;
`;

export class RememberSendingsAndRefunds1795300000037 implements MigrationInterface {
  down = forwardOnly;

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(transmissions + refunds);
  }
}
