import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type Config, CONFIG } from '../../config.js';
import { failpoint } from '../../failpoints.js';
import { MetricsService } from '../../platform/metrics.service.js';
import { UnreadableValueError } from '../../platform/vault.service.js';
import { type DeliveryOutcome, outcomeLabel } from './delivery-outcome.js';
import { DeliveryQueue, type TakenDelivery } from './delivery-queue.repository.js';
import { nextStep } from './delivery-schedule.js';
import { DeliverySlots } from './delivery-slots.js';
import { WebhookBodies } from './webhook-body.service.js';
import { openHeadersOf, WebhookSender } from './webhook-sender.service.js';

/** What a lease lasts beyond the time that sending may take. */
const leaseMarginMs = 20_000;
/** So that half of all webhooks are sent well within a second. */
const longestPollMs = 250;

/** Sends webhooks to partners. */
@Injectable()
export class DeliveryWorker implements OnModuleDestroy {
  private readonly logger = new Logger('DeliveryWorker');
  private readonly slots = new DeliverySlots();
  private readonly running = new Set<Promise<void>>();
  private readonly leaseMs: number;
  /** How often to look for what is due. */
  readonly pollMs: number;

  constructor(
    private readonly queue: DeliveryQueue,
    private readonly bodies: WebhookBodies,
    private readonly sender: WebhookSender,
    private readonly metrics: MetricsService,
    @Inject(CONFIG) config: Config,
  ) {
    this.leaseMs = config.WEBHOOK_TIMEOUT_MS + leaseMarginMs;
    this.pollMs = Math.min(config.WORKER_POLL_MS, longestPollMs);
  }

  /** Begins what is due and waits for none of it, but until there may be more to begin. */
  async run(): Promise<number> {
    const free = this.slots.free();
    const taken = free.fast + free.slow > 0 ? await this.queue.claim(free, this.leaseMs) : [];
    for (const delivery of taken) this.begin(delivery);
    if (this.running.size === 0) return taken.length;
    const pause = new AbortController();
    const poll = setTimeout(this.pollMs, undefined, { signal: pause.signal });
    await Promise.race([...this.running, poll.catch(() => undefined)]);
    pause.abort();
    return 1;
  }

  /** Lets what is under way come to its end. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.running);
  }

  private begin(delivery: TakenDelivery): void {
    const end = this.slots.take(delivery.partner_id);
    const running = this.deliver(delivery)
      .catch((error: unknown) => {
        this.logger.error(`webhook ${delivery.id} waits for its lease to end: ${String(error)}`);
      })
      .finally(() => {
        end();
        this.running.delete(running);
      });
    this.running.add(running);
  }

  private async deliver(delivery: TakenDelivery): Promise<void> {
    await failpoint('delivery.after_claim');
    const { id, taken_at: timestamp } = delivery;
    const { body, outcome } = await this.send(delivery);
    await failpoint('delivery.after_answer');
    this.metrics.webhookAttempts.inc({ outcome: outcomeLabel(outcome) });
    const { attempt_count: attempt, failing_for_ms: failingForMs } = delivery;
    const next = nextStep(outcome, { attempt, failingForMs }, Math.random);
    const headers = openHeadersOf({ id, timestamp });
    const bodyHash = createHash('sha256').update(body).digest('hex');
    const isEnd = await this.queue.record(delivery, { headers, bodyHash, outcome, next });
    if (!isEnd || next.step !== 'disable') return;
    this.metrics.webhooksDisabled.inc({ reason: next.reason });
    this.logger.error(
      `the webhook URL of partner ${delivery.partner_id} is ${next.reason}: disabled`,
    );
  }

  /** What can't be read now can be once the key is back: an attempt that failed, not one that is made at once again. */
  private async send(delivery: TakenDelivery): Promise<{ body: string; outcome: DeliveryOutcome }> {
    const { id, url, taken_at: timestamp } = delivery;
    let body = '';
    try {
      const secrets = this.queue.secretsOf(delivery);
      body = await this.bodies.of(delivery);
      return { body, outcome: await this.sender.send({ url, id, body, secrets, timestamp }) };
    } catch (error) {
      if (!(error instanceof UnreadableValueError)) throw error;
      this.logger.error(`webhook ${id} can't be made: ${error.message}`);
      return { body, outcome: { kind: 'failed', reason: 'unreadable', durationMs: 0 } };
    }
  }
}
