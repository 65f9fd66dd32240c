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
    if (result.archived) {
      await this.tellOfArchived(webhook, subject, result);
      return result;
    }
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

  /** What happens to an archived payment after all: each event of it by itself. */
  private async tellOfArchived(
    { id, provider, providerAccount, providerEventId, eventType }: ProviderWebhook,
    subject: ProviderFact['subject'],
    { partnerId, transactionId, refundId }: FactResult,
  ): Promise<void> {
    await this.reviews.open({
      ...{ kind: 'payment_archived', subject: id, providerWebhookId: id },
      ...{ provider, providerAccount, partnerId, transactionId, refundId },
      details: { event_id: providerEventId, event_type: eventType, ...toldOf(subject) },
    });
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

/** What people have to know of a fact, without the payer. */
function toldOf(subject: ProviderFact['subject']): object {
  switch (subject.kind) {
    case 'payment':
      return { about: 'payment', told: subject.outcome.status, ...subject.outcome.money };
    case 'refund': {
      const { providerRefundId, amount, currency, outcome } = subject;
      const told = { told: outcome.status, provider_refund_id: providerRefundId };
      return { about: 'refund', ...told, amount, currency };
    }
    case 'dispute':
      return { about: 'dispute', told: subject.phase, ...subject.money };
    default:
      return {};
  }
}
