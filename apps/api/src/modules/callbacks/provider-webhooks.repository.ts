import { rowReader, TenantDatabase } from '@libs/database';
import type { ProviderCode, ProviderFact } from '@libs/providers';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Place, Vault } from '../../platform/vault.service.js';
import { ProviderWebhook, type ProviderWebhookStatus } from './provider-webhook.entity.js';

/** A verified webhook: what came, and what it says. */
export interface ReceivedFact {
  raw: string;
  fact: ProviderFact;
}

/** What became of a webhook. */
export interface WebhookResult {
  status: Exclude<ProviderWebhookStatus, 'received'>;
  partnerId?: string;
  transactionId?: string;
  refundId?: string;
  lastError?: string;
}

const system = { partnerIds: [], actor: 'system' };

@Injectable()
export class ProviderWebhooksRepository {
  private readonly read: (row: Record<string, unknown>) => ProviderWebhook;

  constructor(
    private readonly database: TenantDatabase,
    private readonly vault: Vault,
    dataSource: DataSource,
  ) {
    this.read = rowReader(dataSource, ProviderWebhook);
  }

  /** Stores a fact once, however often the provider sends it. */
  async insert(
    id: string,
    provider: ProviderCode,
    account: string,
    received: ReceivedFact,
  ): Promise<void> {
    const { eventId, eventType, occurredAt } = received.fact;
    await this.database.statement(
      system,
      `INSERT INTO provider_webhooks
         (id, provider, provider_account, provider_event_id, event_type, body, occurred_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [
        id,
        provider,
        account,
        eventId,
        eventType,
        this.vault.seal(JSON.stringify(received), place(id)),
        occurredAt,
      ],
    );
  }

  /** Takes webhooks that are due, so that no other worker does. */
  async claimDue(limit: number, leaseMs: number): Promise<ProviderWebhook[]> {
    const rows = await this.database.statement<Record<string, unknown>>(
      system,
      `UPDATE provider_webhooks SET attempt_count = attempt_count + 1,
         next_attempt_at = clock_timestamp() + $2::int * interval '1 ms'
       WHERE id IN (
         SELECT id FROM provider_webhooks
         WHERE status IN ('received', 'parked') AND next_attempt_at <= clock_timestamp()
         ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING *`,
      [limit, leaseMs],
    );
    return rows.map((row) => this.read(row));
  }

  factOf(webhook: ProviderWebhook): ProviderFact {
    const { fact } = JSON.parse(this.vault.open(webhook.body, place(webhook.id))) as ReceivedFact;
    return { ...fact, occurredAt: new Date(fact.occurredAt) };
  }

  /** @param retryInMs after how long a parked webhook is tried again */
  async finish(id: string, result: WebhookResult, retryInMs: number | null): Promise<void> {
    await this.database.statement(
      system,
      `UPDATE provider_webhooks SET status = $2::text,
         partner_id = $3, transaction_id = $4, refund_id = $5, last_error = $6,
         applied_at = CASE WHEN $2::text = 'applied' THEN clock_timestamp() END,
         next_attempt_at = clock_timestamp() + $7::bigint * interval '1 ms'
       WHERE id = $1`,
      [
        id,
        result.status,
        result.partnerId ?? null,
        result.transactionId ?? null,
        result.refundId ?? null,
        result.lastError ?? null,
        retryInMs,
      ],
    );
  }

  /** The payment that a provider's id belongs to, whoever's it is. */
  async findOwner(
    webhook: ProviderWebhook,
    providerTransactionId: string,
    transactionId: string | undefined,
  ): Promise<{ id: string; partnerId: string } | undefined> {
    const [row] = await this.database.statement<{ id: string; partner_id: string }>(
      system,
      `SELECT id, partner_id FROM transactions
       WHERE provider = $1 AND provider_account = $2 AND provider_transaction_id = $3
       UNION ALL
       SELECT id, partner_id FROM transactions
       WHERE id = $4 AND provider = $1 AND provider_account = $2
         AND provider_transaction_id IS NULL
       LIMIT 1`,
      [webhook.provider, webhook.providerAccount, providerTransactionId, transactionId ?? null],
    );
    return row && { id: row.id, partnerId: row.partner_id };
  }
}

function place(id: string): Place {
  return `provider_webhooks.body:${id}`;
}
