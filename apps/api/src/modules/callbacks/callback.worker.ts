import type { ProviderFact, ProviderRegistry } from '@libs/providers';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import { PROVIDERS } from '../../platform/providers.module.js';
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
const mostLookUps = 100;
const leaseMs = 60_000;
const firstRetryMs = 1_000;
const longestRetryMs = 3_600_000;
/** About 29 hours. */
const maxAttempts = 40;
/** About an hour. */
const maxAttemptsUnmarked = 12;
/** What was awaited for long has tries left for when it comes, and is looked at every hour until then. */
const mostAttemptsAwaited = 12;
const longestNote = 1_000;

/** Applies what providers reported. */
@Injectable()
export class CallbackWorker implements OnModuleDestroy {
  private readonly logger = new Logger('CallbackWorker');
  /** Webhooks of which a provider is being asked: the others don't wait for it. */
  private readonly lookUps = new Set<Promise<void>>();

  constructor(
    private readonly webhooks: ProviderWebhooksRepository,
    private readonly facts: FactsService,
    private readonly reviews: ReviewsService,
    @Inject(PROVIDERS) private readonly providers: ProviderRegistry,
  ) {}

  /** @returns how many webhooks were looked at */
  async run(): Promise<number> {
    const due = await this.webhooks.claimDue(batchSize, leaseMs);
    if (due.length > 0) await failpoint('webhook.after_claim');
    const lanes = new Map<string, Taken[]>();
    for (const webhook of due) {
      const taken = this.take(webhook);
      if (taken.fact?.unresolved !== undefined) {
        this.lookUp(taken);
        continue;
      }
      const lane = laneOf(taken);
      lanes.set(lane, [...(lanes.get(lane) ?? []), taken]);
    }
    await Promise.all([...lanes.values()].map((lane) => this.runLane(lane)));
    if (this.lookUps.size >= mostLookUps) await Promise.race(this.lookUps);
    return due.length;
  }

  /** Lets what providers are being asked for come to its end. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.lookUps);
  }

  private lookUp(taken: Taken): void {
    const running = this.runLane([taken]).finally(() => this.lookUps.delete(running));
    this.lookUps.add(running);
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
    for (const taken of lane) {
      const { webhook } = taken;
      const result = await this.apply(taken).catch((error: unknown): FactResult => ({
        status: 'parked',
        note: String(error),
      }));
      await this.finish(webhook, result).catch((error: unknown) => {
        this.logger.error(`webhook ${webhook.id} stays taken: ${String(error)}`);
      });
    }
  }

  private async apply({ webhook, fact }: Taken): Promise<FactResult> {
    if (!fact) throw unreadable;
    if (fact.unresolved === undefined) return this.facts.apply(webhook, fact);
    const provider = this.providers.get(webhook.provider, webhook.providerAccount);
    const whole = await provider.resolve?.(fact);
    return this.facts.apply(webhook, whole ?? fact);
  }

  private async finish(webhook: ProviderWebhook, result: FactResult): Promise<void> {
    const { note, unmarked, awaited } = result;
    if (note) this.logger.warn(`webhook ${webhook.id} is ${result.status}: ${note}`);
    if (result.status !== 'parked') return this.webhooks.finish(webhook, result, null);
    const attempts = webhook.attemptCount;
    if (awaited) {
      const delayMs = retryDelayMs(attempts);
      return this.webhooks.finish(webhook, result, delayMs, mostAttemptsAwaited);
    }
    if (attempts < (unmarked ? maxAttemptsUnmarked : maxAttempts)) {
      return this.webhooks.finish(webhook, result, retryDelayMs(attempts));
    }
    await this.giveUp(webhook, result);
    return this.webhooks.finish(webhook, { ...result, status: 'failed' }, null);
  }

  private async giveUp(webhook: ProviderWebhook, { note, ...whose }: FactResult): Promise<void> {
    const { id, provider, providerAccount, providerEventId, eventType, attemptCount } = webhook;
    const { partnerId, transactionId, refundId } = whose;
    const last = note?.slice(0, longestNote);
    await this.reviews.open({
      ...{ kind: 'webhook_failed', subject: id, providerWebhookId: id, provider, providerAccount },
      ...{ partnerId, transactionId, refundId },
      details: {
        event_id: providerEventId,
        event_type: eventType,
        attempts: attemptCount,
        note: last,
      },
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
