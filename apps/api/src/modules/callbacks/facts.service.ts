import type { ProviderFact } from '@libs/providers';
import { Injectable } from '@nestjs/common';
import { MetricsService } from '../../platform/metrics.service.js';
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
    private readonly metrics: MetricsService,
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
      case 'other':
        return { status: 'ignored' };
    }
  }

  /** A status that we don't know leaves the payment as it is, and somebody has to look it up. */
  private async noteUnmapped(
    { id, provider, providerAccount }: ProviderWebhook,
    subject: ProviderFact['subject'],
    { status: became, partnerId, transactionId, refundId }: FactResult,
  ): Promise<void> {
    if (subject.kind !== 'payment' && subject.kind !== 'refund') return;
    const { outcome } = subject;
    const code = 'unmapped' in outcome ? outcome.unmapped : undefined;
    if (code === undefined || !partnerId || became === 'parked') return;
    this.metrics.unmapped.inc({ provider, code: code.slice(0, 100) });
    if (outcome.status !== 'processing') return;
    await this.reviews.open({
      ...{ kind: 'unmapped_status', subject: `${provider}/${subject.kind}:${code}` },
      ...{ partnerId, transactionId, refundId, providerWebhookId: id, provider, providerAccount },
      details: { status: code.slice(0, 200) },
    });
  }
}
