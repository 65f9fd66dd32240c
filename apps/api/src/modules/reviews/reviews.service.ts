import type { ProviderCode } from '@libs/providers';
import { Injectable, Logger } from '@nestjs/common';
import { MetricsService } from '../../platform/metrics.service.js';
import { type NewReviewItem, ReviewsRepository } from './reviews.repository.js';

/** What was seen, and whose it is. `subject` is the refund, the payment or the webhook unless given. */
export type Sighting = Omit<NewReviewItem, 'subject'> & { subject?: string };

/** What a provider spoke of in a word that we don't know. */
export type UnmappedSubject = Omit<Sighting, 'kind' | 'subject' | 'details' | 'provider'> & {
  provider: ProviderCode;
  transactionId: string;
};

/** A charge beyond the one that paid, as the subject of what people are told of it. */
export function chargeSubject(
  { provider, providerAccount }: { provider: ProviderCode; providerAccount: string },
  providerTransactionId: string | null,
): string {
  return `${provider}/${providerAccount}/${providerTransactionId}`;
}

const longestSubject = 300;
const longestWord = 100;

/** Puts what a machine can't decide before people. */
@Injectable()
export class ReviewsService {
  private readonly logger = new Logger('Reviews');

  constructor(
    private readonly items: ReviewsRepository,
    private readonly metrics: MetricsService,
  ) {}

  /**
   * Opens an item and raises its alert; while one of this kind is open for the subject, it counts.
   *
   * Repeating it after a crash is safe. A partner's item is written under its tenant, one without a
   * partner by the worker only.
   */
  async open(sighting: Sighting): Promise<void> {
    const subject = subjectOf(sighting).slice(0, longestSubject);
    const { id, occurrences } = await this.items.open({ ...sighting, subject });
    if (occurrences > 1) return;
    const { kind, partnerId, transactionId, refundId, providerWebhookId, provider } = sighting;
    this.metrics.alerts.inc({ kind });
    this.logger.error({
      msg: 'a person has to look at this',
      alert: kind,
      review_item_id: id,
      partner_id: partnerId ?? undefined,
      transaction_id: transactionId ?? undefined,
      refund_id: refundId ?? undefined,
      provider_webhook_id: providerWebhookId ?? undefined,
      provider: provider ?? undefined,
    });
  }

  /** Opens an item of a payment unless one was opened for the same reason since then, resolved or not. */
  async openOnce(sighting: Sighting, since: Date): Promise<void> {
    const subject = subjectOf(sighting).slice(0, longestSubject);
    if (await this.items.wasOpened({ ...sighting, subject }, since)) return;
    await this.open(sighting);
  }

  /**
   * Counts a word of a provider that is in no table of ours. A status that we don't know leaves everything as it is,
   * so somebody has to look it up.
   */
  async noteUnmapped(
    about: UnmappedSubject,
    { status, unmapped }: { status: string; unmapped?: string | null },
  ): Promise<void> {
    const word = unmapped?.slice(0, longestWord);
    if (word === undefined) return;
    this.metrics.unmapped.inc({ provider: about.provider, code: word });
    if (status !== 'processing') return;
    const subject = `${about.refundId ?? about.transactionId}:${about.provider}:${word}`;
    await this.open({ kind: 'unmapped_status', subject, ...about, details: { status: word } });
  }
}

function subjectOf(sighting: Sighting): string {
  const { kind, subject, refundId, transactionId, providerWebhookId } = sighting;
  const found = subject ?? refundId ?? transactionId ?? providerWebhookId;
  if (!found) throw new Error(`a review item of ${kind} is about nothing`);
  return found;
}
