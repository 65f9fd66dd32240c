import type { ProviderFact } from '@libs/providers';
import { Injectable, Logger } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import { ReviewsService } from '../reviews/index.js';
import { FactsService } from './facts.service.js';
import type { FactResult } from './fact-result.js';
import type { ProviderWebhook } from './provider-webhook.entity.js';
import { ProviderWebhooksRepository } from './provider-webhooks.repository.js';

/** A webhook that this worker has taken, and what it says. */
interface Taken {
  webhook: ProviderWebhook;
  /** `undefined` when it can't be read. */
  fact: ProviderFact | undefined;
}

const batchSize = 50;
const leaseMs = 60_000;
const firstRetryMs = 1_000;
const longestRetryMs = 3_600_000;
/** About 29 hours. */
const maxAttempts = 40;
/** About an hour. */
const maxAttemptsUnmarked = 12;

/** Applies what providers reported. */
@Injectable()
export class CallbackWorker {
  private readonly logger = new Logger('CallbackWorker');

  constructor(
    private readonly webhooks: ProviderWebhooksRepository,
    private readonly facts: FactsService,
    private readonly reviews: ReviewsService,
  ) {}

  /** @returns how many webhooks were looked at */
  async run(): Promise<number> {
    const due = await this.webhooks.claimDue(batchSize, leaseMs);
    if (due.length > 0) await failpoint('webhook.after_claim');
    const lanes = new Map<string, Taken[]>();
    for (const webhook of due) {
      const taken = this.take(webhook);
      const lane = laneOf(taken);
      lanes.set(lane, [...(lanes.get(lane) ?? []), taken]);
    }
    await Promise.all([...lanes.values()].map((lane) => this.runLane(lane)));
    return due.length;
  }

  private take(webhook: ProviderWebhook): Taken {
    try {
      return { webhook, fact: this.webhooks.factOf(webhook) };
    } catch (error) {
      this.logger.error(`webhook ${webhook.id} can't be read: ${String(error)}`);
      return { webhook, fact: undefined };
    }
  }

  /** One payment's facts after one another, so that they don't contend for its row. */
  private async runLane(lane: Taken[]): Promise<void> {
    for (const { webhook, fact } of lane) {
      const applied = fact ? this.facts.apply(webhook, fact) : Promise.reject(unreadable);
      const result = await applied.catch((error: unknown): FactResult => ({
        status: 'parked',
        note: String(error),
      }));
      await this.finish(webhook, result).catch((error: unknown) => {
        this.logger.error(`webhook ${webhook.id} stays taken: ${String(error)}`);
      });
    }
  }

  private async finish(webhook: ProviderWebhook, result: FactResult): Promise<void> {
    const { note, unmarked } = result;
    if (note) this.logger.warn(`webhook ${webhook.id} is ${result.status}: ${note}`);
    if (result.status !== 'parked') return this.webhooks.finish(webhook, result, null);
    const attempts = webhook.attemptCount;
    if (attempts < (unmarked ? maxAttemptsUnmarked : maxAttempts)) {
      return this.webhooks.finish(webhook, result, retryDelayMs(attempts));
    }
    if (!unmarked) await this.giveUp(webhook, result);
    const status = unmarked ? 'ignored' : 'failed';
    return this.webhooks.finish(webhook, { ...result, status }, null);
  }

  private async giveUp(webhook: ProviderWebhook, { note, ...whose }: FactResult): Promise<void> {
    const { id, provider, providerAccount, providerEventId, eventType, attemptCount } = webhook;
    const { partnerId, transactionId, refundId } = whose;
    await this.reviews.open({
      ...{ kind: 'webhook_failed', subject: id, providerWebhookId: id, provider, providerAccount },
      ...{ partnerId, transactionId, refundId },
      details: { event_id: providerEventId, event_type: eventType, attempts: attemptCount, note },
    });
  }
}

const unreadable = new Error('it can not be read');

function laneOf({ webhook, fact }: Taken): string {
  const subject = fact?.subject;
  const payment = subject && 'providerTransactionId' in subject && subject.providerTransactionId;
  return payment || webhook.id;
}

function retryDelayMs(attempts: number): number {
  return Math.min(firstRetryMs * 2 ** attempts, longestRetryMs);
}
