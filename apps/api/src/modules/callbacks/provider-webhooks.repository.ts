import { rowReader, TenantDatabase } from '@libs/database';
import type { ProviderAccount, ProviderFact } from '@libs/providers';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { type Place, Vault } from '../../platform/vault.service.js';
import { identitiesOf } from './event-identity.js';
import { ProviderWebhook, type ProviderWebhookStatus } from './provider-webhook.entity.js';

/** A verified webhook: what it says, and what came: kept once, with the first fact of a body. */
interface ReceivedFact {
  raw?: string;
  fact: ProviderFact;
}

/** What became of a webhook. */
export interface WebhookResult {
  status: Exclude<ProviderWebhookStatus, 'received'>;
  partnerId?: string;
  transactionId?: string;
  refundId?: string;
  /** Why nothing was applied. */
  note?: string;
}

const system = { partnerIds: [], actor: 'system' };

/** A sending that came before, with whatever event, brings nothing more. */
const insertAll = `
WITH fact AS (
  SELECT * FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[])
    AS fact (id, event_id, event_type, body, occurred_at, transmission_id)
), sending AS (
  INSERT INTO provider_transmissions
    (provider, provider_account, transmission_id, provider_event_id)
  SELECT $1, $2, transmission_id, event_id FROM fact WHERE transmission_id IS NOT NULL
  ON CONFLICT DO NOTHING
  RETURNING true
)
INSERT INTO provider_webhooks
  (id, provider, provider_account, provider_event_id, event_type, body, occurred_at,
   transmission_id)
SELECT id, $1, $2, event_id, event_type, body, occurred_at, transmission_id FROM fact
WHERE ($8::text[])[1] IS NULL OR EXISTS (SELECT FROM sending)
ON CONFLICT DO NOTHING`;

/** What is applied to a payment may be what others of its webhooks waited for. */
const finish = `
WITH finished AS (
  UPDATE provider_webhooks SET status = $3::text,
    partner_id = $4, transaction_id = $5, refund_id = $6, last_error = $7,
    attempt_count = LEAST(attempt_count, $9),
    applied_at = CASE WHEN $3::text = 'applied' THEN clock_timestamp() END,
    next_attempt_at = clock_timestamp() + $8::bigint * interval '1 ms'
  WHERE id = $1 AND attempt_count = $2
  RETURNING transaction_id, status
)
UPDATE provider_webhooks SET next_attempt_at = clock_timestamp()
WHERE id IN (
  SELECT waiting.id FROM provider_webhooks AS waiting
  JOIN finished ON finished.transaction_id = waiting.transaction_id
  WHERE finished.status = 'applied' AND waiting.status = 'parked' AND waiting.id <> $1
  FOR UPDATE OF waiting SKIP LOCKED)`;

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

  /** Stores the facts of one body, each once, however often the provider sends it. */
  async insert(
    { code, account }: Pick<ProviderAccount, 'code' | 'account'>,
    rawBody: Buffer,
    facts: readonly ProviderFact[],
  ): Promise<void> {
    const raw = rawBody.toString('utf8');
    const ids = facts.map(() => uuidv7());
    const identities = identitiesOf(facts);
    await this.database.statement(system, insertAll, [
      code,
      account,
      ids,
      identities.map(({ eventId }) => eventId),
      identities.map(({ eventType }) => eventType),
      facts.map((fact, index) => {
        return this.seal(index === 0 ? { raw, fact } : { fact }, ids[index] ?? '');
      }),
      identities.map(({ occurredAt }) => occurredAt),
      facts.map(({ transmissionId }, index) => (index === 0 ? transmissionId : undefined) ?? null),
    ]);
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

  /**
   * Notes what became of a webhook, unless another worker has taken it over meanwhile.
   *
   * @param retryInMs after how long a parked webhook is tried again
   * @param mostAttempts as how many tries it counts at most from now on, however many there were
   */
  async finish(
    { id, attemptCount }: ProviderWebhook,
    result: WebhookResult,
    retryInMs: number | null,
    mostAttempts: number | null = null,
  ): Promise<void> {
    await this.database.statement(system, finish, [
      id,
      attemptCount,
      result.status,
      result.partnerId ?? null,
      result.transactionId ?? null,
      result.refundId ?? null,
      result.note?.slice(0, 1_000) ?? null,
      retryInMs,
      mostAttempts,
    ]);
  }

  private seal(received: ReceivedFact, id: string): string {
    return this.vault.seal(JSON.stringify(received), place(id));
  }
}

function place(id: string): Place {
  return `provider_webhooks.body:${id}`;
}
