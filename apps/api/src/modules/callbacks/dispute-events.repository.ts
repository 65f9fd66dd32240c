import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import type { ProviderWebhook } from './provider-webhook.entity.js';
import type { FactOwner } from './fact-owners.repository.js';

/** What the event of a dispute says. */
export interface DisputeDetails {
  dispute_id: string;
  reason: string;
  amount?: string;
  currency?: string;
}

type DisputeEvent = `dispute_${'opened' | 'won' | 'lost'}`;

const isTold = `
SELECT 1 FROM transaction_timeline
WHERE transaction_id = $1 AND partner_id = $2 AND event_type = $3::event_type
  AND provider_response->>'dispute_id' = $4 LIMIT 1`;

// The next statement sees what whoever held the lock before has written.
const lock = `
SELECT 1 FROM transactions WHERE id = $1 AND partner_id = $2 FOR NO KEY UPDATE`;

const tellOnce = `
WITH t AS (
  UPDATE transactions SET last_sequence = last_sequence + 1
  WHERE id = $1 AND partner_id = $2 AND NOT EXISTS (
    SELECT FROM transaction_timeline
    WHERE transaction_id = $1 AND partner_id = $2 AND event_type = $3::event_type
      AND provider_response->>'dispute_id' = $4)
  RETURNING id, partner_id, last_sequence
)
INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type,
  provider_response, created_by)
SELECT id, partner_id, last_sequence, $3::event_type, $5::jsonb, $6 FROM t`;

/** The events of disputes: one for each dispute and phase. */
@Injectable()
export class DisputeEventsRepository {
  constructor(private readonly database: TenantDatabase) {}

  async isTold(owner: FactOwner, type: DisputeEvent, disputeId: string): Promise<boolean> {
    const scope = { partnerIds: [owner.partnerId], actor: 'system' };
    const values = [owner.id, owner.partnerId, type, disputeId];
    return (await this.database.statement(scope, isTold, values)).length > 0;
  }

  async tell(
    { provider }: ProviderWebhook,
    { id, partnerId }: FactOwner,
    type: DisputeEvent,
    details: DisputeDetails,
  ): Promise<void> {
    const actor = `provider:${provider}`;
    await this.database.run({ partnerIds: [partnerId], actor }, async (manager) => {
      await manager.query(lock, [id, partnerId]);
      const values = [id, partnerId, type, details.dispute_id, details, actor];
      await manager.query(tellOnce, values);
    });
  }
}
