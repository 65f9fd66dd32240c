import { Injectable } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import { ReviewsService } from '../reviews/index.js';
import { DisputeEventsRepository } from './dispute-events.repository.js';
import { FactOwnersRepository, isOurs } from './fact-owners.repository.js';
import {
  about,
  archivedPayment,
  type FactResult,
  type SubjectOf,
  unknownPayment,
} from './fact-result.js';
import type { ProviderWebhook } from './provider-webhook.entity.js';

const longest = 200;

/** Tells of disputes. They change no status: what was paid back in one is for people to decide. */
@Injectable()
export class DisputeFacts {
  constructor(
    private readonly owners: FactOwnersRepository,
    private readonly events: DisputeEventsRepository,
    private readonly reviews: ReviewsService,
  ) {}

  async apply(webhook: ProviderWebhook, subject: SubjectOf<'dispute'>): Promise<FactResult> {
    const { providerTransactionId, transactionId, phase, money } = subject;
    const owner = await this.owners.payment(webhook, providerTransactionId, transactionId);
    if (!owner) return unknownPayment(isOurs(transactionId));
    if (owner.archived) return archivedPayment(owner);
    const type = `dispute_${phase}` as const;
    const disputeId = subject.providerDisputeId.slice(0, longest);
    const details = {
      ...{ dispute_id: disputeId, reason: subject.reason.slice(0, longest) },
      ...(money && { amount: money.amount, currency: money.currency }),
    };
    if (await this.events.isTold(owner, type, disputeId)) {
      return { status: 'ignored', note: 'nothing new', ...about(owner) };
    }
    const { id, provider, providerAccount } = webhook;
    // The alert first: a crash between the two repeats it, and loses neither.
    await this.reviews.open({
      ...{ kind: 'dispute', subject: `${provider}/${providerAccount}/${disputeId}:${phase}` },
      ...{ ...about(owner), providerWebhookId: id, provider, providerAccount },
      details: { phase, ...details },
    });
    await this.events.tell(webhook, owner, type, details);
    await failpoint('webhook.after_outcome');
    return { status: 'applied', ...about(owner) };
  }
}
