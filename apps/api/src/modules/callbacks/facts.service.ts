import type { ProviderFact } from '@libs/providers';
import { Injectable } from '@nestjs/common';
import { ReviewsService } from '../reviews/index.js';
import { DisputeFacts } from './dispute-facts.service.js';
import type { FactResult } from './fact-result.js';
import { PaymentFacts } from './payment-facts.service.js';
import type { ProviderWebhook } from './provider-webhook.entity.js';
import { RefundFacts } from './refund-facts.service.js';

/** Applies a fact, whatever it is about. */
@Injectable()
export class FactsService {
  constructor(
    private readonly payments: PaymentFacts,
    private readonly refunds: RefundFacts,
    private readonly disputes: DisputeFacts,
    private readonly reviews: ReviewsService,
  ) {}

  async apply(webhook: ProviderWebhook, { subject }: ProviderFact): Promise<FactResult> {
    const result = await this.applySubject(webhook, subject);
    await this.noteUnmapped(webhook, subject, result);
    return result;
  }

  private async applySubject(
    webhook: ProviderWebhook,
    subject: ProviderFact['subject'],
  ): Promise<FactResult> {
    switch (subject.kind) {
      case 'payment':
        return this.payments.apply(webhook, subject);
      case 'refund':
        return this.refunds.apply(webhook, subject);
      case 'dispute':
        return this.disputes.apply(webhook, subject);
      case 'unreadable':
        return this.putBeforePeople(webhook, subject.problem);
      case 'other':
        return { status: 'ignored' };
    }
  }

  private async putBeforePeople(webhook: ProviderWebhook, note: string): Promise<FactResult> {
    const { id, provider, providerAccount, providerEventId, eventType } = webhook;
    await this.reviews.open({
      ...{ kind: 'webhook_failed', providerWebhookId: id, provider, providerAccount },
      details: { event_id: providerEventId, event_type: eventType, note },
    });
    return { status: 'failed', note };
  }

  private async noteUnmapped(
    { id, provider, providerAccount }: ProviderWebhook,
    subject: ProviderFact['subject'],
    { status: became, partnerId, transactionId, refundId }: FactResult,
  ): Promise<void> {
    if (subject.kind !== 'payment' && subject.kind !== 'refund') return;
    if (!partnerId || !transactionId || became === 'parked') return;
    const whose = { partnerId, transactionId, refundId, provider, providerAccount };
    await this.reviews.noteUnmapped({ ...whose, providerWebhookId: id }, subject.outcome);
  }
}
