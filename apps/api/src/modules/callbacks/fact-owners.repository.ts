import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import type { ProviderWebhook } from './provider-webhook.entity.js';

/** A payment or refund of ours that a fact is about. */
export interface FactOwner {
  id: string;
  partnerId: string;
  archived?: boolean;
}

interface OwnerRow {
  id: string;
  partner_id: string;
  archived: boolean;
}

const system = { partnerIds: [], actor: 'system' };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const paymentAtProvider = `
SELECT id, partner_id, archived FROM (
  SELECT transaction_id AS id, partner_id, archived, 1 AS rank FROM attempt_records
  WHERE provider = $1 AND provider_account = $2 AND provider_transaction_id = $3
  UNION ALL
  SELECT id, partner_id, archived, 2 FROM transaction_records
  WHERE provider = $1 AND provider_account = $2 AND provider_transaction_id = $3
  UNION ALL
  SELECT id, partner_id, archived, 3 FROM transaction_records WHERE id = $4
) AS found ORDER BY rank LIMIT 1`;

/** A refund of ours that failed before it had an id at the provider is not the one that the provider made. */
const refundAtProvider = `
SELECT id, partner_id, archived FROM (
  SELECT id, partner_id, archived, 1 AS rank FROM refund_records
  WHERE provider = $1 AND provider_account = $2 AND provider_refund_id = $3
  UNION ALL
  SELECT id, partner_id, archived, 2 FROM refund_records
  WHERE id = $4 AND provider = $1 AND provider_account = $2 AND provider_refund_id IS NULL
    AND status <> 'failed'
) AS found ORDER BY rank LIMIT 1`;

/** Finds whose a fact is, over all partners. */
@Injectable()
export class FactOwnersRepository {
  constructor(private readonly database: TenantDatabase) {}

  /** @param mark the id of ours that the provider gives back with the payment */
  async payment(
    webhook: ProviderWebhook,
    providerTransactionId: string,
    mark?: string,
  ): Promise<FactOwner | undefined> {
    const values = valuesOf(webhook, providerTransactionId, mark);
    const rows = await this.database.statement<OwnerRow>(system, paymentAtProvider, values);
    return rows.map(toOwner)[0];
  }

  /** @param mark the id of ours that the provider gives back with the refund */
  async refund(
    webhook: ProviderWebhook,
    providerRefundId: string,
    mark?: string,
  ): Promise<FactOwner | undefined> {
    const values = valuesOf(webhook, providerRefundId, mark);
    const rows = await this.database.statement<OwnerRow>(system, refundAtProvider, values);
    return rows.map(toOwner)[0];
  }
}

/** Whether a mark has the form of our ids: other systems of the same account mark their payments, too. */
export function isOurs(mark: string | undefined): mark is string {
  return mark !== undefined && uuid.test(mark);
}

function valuesOf(webhook: ProviderWebhook, id: string, mark: string | undefined): unknown[] {
  return [webhook.provider, webhook.providerAccount, id, isOurs(mark) ? mark : null];
}

function toOwner(row: OwnerRow): FactOwner {
  return { id: row.id, partnerId: row.partner_id, archived: row.archived };
}
