import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { ReviewItem } from './review-item.entity.js';

/** An item as it is opened. */
export type NewReviewItem = Pick<ReviewItem, 'kind' | 'subject'> &
  Partial<
    Pick<
      ReviewItem,
      | 'partnerId'
      | 'transactionId'
      | 'refundId'
      | 'providerWebhookId'
      | 'provider'
      | 'providerAccount'
      | 'details'
    >
  >;

/** An item that is open, and how often its subject was seen. */
export interface OpenReviewItem {
  id: string;
  occurrences: number;
}

/** What else was seen is kept beside what was first, as long as it says something new and there is room. */
const open = `
INSERT INTO review_items AS item (id, kind, subject, partner_id, transaction_id, refund_id,
  provider_webhook_id, provider, provider_account, details)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (kind, subject, partner_id) WHERE status = 'open'
DO UPDATE SET occurrences = item.occurrences + 1, last_seen_at = clock_timestamp(),
  details = CASE
    WHEN item.details - 'later' = EXCLUDED.details
      OR item.details->'later' @> jsonb_build_array(EXCLUDED.details)
      OR octet_length(item.details::text) + octet_length(EXCLUDED.details::text) > 12000
      THEN item.details
    ELSE item.details || jsonb_build_object('later',
      COALESCE(item.details->'later', '[]') || jsonb_build_array(EXCLUDED.details)) END
RETURNING id, occurrences`;

@Injectable()
export class ReviewsRepository {
  constructor(private readonly database: TenantDatabase) {}

  async open(item: NewReviewItem): Promise<OpenReviewItem> {
    const partnerIds = item.partnerId ? [item.partnerId] : [];
    const [row] = await this.database.statement<{ id: string; occurrences: number }>(
      { partnerIds, actor: 'system' },
      open,
      [
        uuidv7(),
        item.kind,
        item.subject,
        item.partnerId ?? null,
        item.transactionId ?? null,
        item.refundId ?? null,
        item.providerWebhookId ?? null,
        item.provider ?? null,
        item.providerAccount ?? null,
        item.details ?? {},
      ],
    );
    if (!row) throw new Error(`no review item of ${item.kind} was opened`);
    return row;
  }

  /** Whether an item of the payment was opened since then, resolved or not. */
  async wasOpened(
    { kind, subject, partnerId, transactionId }: NewReviewItem,
    since: Date,
  ): Promise<boolean> {
    const rows = await this.database.statement(
      { partnerIds: partnerId ? [partnerId] : [], actor: 'system' },
      `SELECT 1 FROM review_items WHERE transaction_id = $1 AND kind = $2 AND subject = $3
         AND opened_at >= $4 LIMIT 1`,
      [transactionId, kind, subject, since],
    );
    return rows.length > 0;
  }
}
