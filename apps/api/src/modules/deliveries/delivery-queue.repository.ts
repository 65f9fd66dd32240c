import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { Vault } from '../../platform/vault.service.js';
import { claimDeliveries } from './delivery-claim.statements.js';
import type { DeliveryOutcome } from './delivery-outcome.js';
import { recordEnd, recordFailure, recordSuccess } from './delivery-outcome.statements.js';
import { longestFailureMs, type NextStep } from './delivery-schedule.js';
import { type FreeSlots, mostOfPartner, mostOfSlowPartner } from './delivery-slots.js';
import type { DeliveryStatus } from './webhook-delivery.entity.js';

/** Whose secrets sign, sealed. */
export interface SigningPartner {
  partner_id: string;
  secret: string;
  previous_secret: string | null;
}

/** A delivery that a worker has taken, with what it takes to send it. */
export interface TakenDelivery extends SigningPartner {
  id: string;
  transaction_id: string;
  refund_id: string | null;
  type: string;
  sequence: number;
  from_status: string | null;
  event_created_at: Date;
  /** This attempt included. */
  attempt_count: number;
  url: string;
  failing_for_ms: number;
  partner_version: number;
  /** Whole seconds since 1970, by the clock of the database. */
  taken_at: number;
}

/** One attempt, and what comes after it. */
export interface MadeAttempt {
  headers: Record<string, string>;
  bodyHash: string;
  outcome: DeliveryOutcome;
  next: NextStep;
}

const system = { partnerIds: [], actor: 'system' };

/** The deliveries of all partners, as the worker sees them. */
@Injectable()
export class DeliveryQueue {
  constructor(
    private readonly database: TenantDatabase,
    private readonly vault: Vault,
  ) {}

  claim({ fast, slow, partners }: FreeSlots, leaseMs: number): Promise<TakenDelivery[]> {
    return this.database.statement<TakenDelivery>(system, claimDeliveries, [
      partners.map(({ id }) => id),
      partners.map(({ running }) => running),
      partners.map(({ isSlow }) => isSlow),
      ...[fast, slow, mostOfPartner, mostOfSlowPartner, leaseMs],
    ]);
  }

  /** The secrets that a webhook is signed with: two while one replaces the other. */
  secretsOf({ partner_id: id, secret, previous_secret: previous }: SigningPartner): string[] {
    const present = this.vault.open(secret, `partners.webhook_secret:${id}`);
    if (previous === null) return [present];
    return [present, this.vault.open(previous, `partners.webhook_secret_previous:${id}`)];
  }

  /** @returns whether this was the end of a URL */
  async record(delivery: TakenDelivery, made: MadeAttempt): Promise<boolean> {
    const values = this.valuesOf(delivery, made);
    const { next } = made;
    if (next.step === 'delivered') {
      await this.database.statement(system, recordSuccess, values);
      return false;
    }
    if (next.step !== 'disable') {
      await this.database.statement(system, recordFailure, values);
      return false;
    }
    const ended = await this.database.statement(system, recordEnd, [
      ...values,
      next.reason,
      longestFailureMs,
      delivery.partner_version,
    ]);
    return ended.length > 0;
  }

  private valuesOf(
    { id, attempt_count: number, url }: TakenDelivery,
    { headers, bodyHash, outcome, next }: MadeAttempt,
  ): unknown[] {
    const isAnswered = outcome.kind === 'answered';
    const place = `webhook_delivery_attempts.answer:${id}:${number}` as const;
    return [
      ...[id, number, url, JSON.stringify(headers), bodyHash],
      isAnswered ? outcome.httpStatus : null,
      isAnswered ? null : outcome.reason,
      isAnswered ? this.vault.seal(outcome.answer, place) : null,
      outcome.durationMs,
      ...placeInQueue(next),
    ];
  }
}

/** What keeps its URL waiting goes out when that is enabled again. */
function placeInQueue(next: NextStep): [DeliveryStatus, number | null] {
  switch (next.step) {
    case 'delivered':
      return ['delivered', null];
    case 'give_up':
      return ['failed', null];
    case 'retry':
      return ['pending', next.delayMs];
    case 'disable':
      return ['pending', 0];
  }
}
