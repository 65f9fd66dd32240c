import { Injectable } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import {
  ExternalRefunds,
  refundVerdictOf,
  RefundSettlement,
  RefundsRepository,
} from '../refunds/index.js';
import { chargeSubject, ReviewsService } from '../reviews/index.js';
import { TransactionsRepository } from '../transactions/index.js';
import { FactOwnersRepository, isOurs } from './fact-owners.repository.js';
import {
  about,
  archivedPayment,
  type FactResult,
  isSameMoney,
  type SubjectOf,
  unknownPayment,
} from './fact-result.js';
import type { ProviderWebhook } from './provider-webhook.entity.js';

type Refund = NonNullable<Awaited<ReturnType<RefundsRepository['find']>>>['refund'];
type Payment = NonNullable<Awaited<ReturnType<TransactionsRepository['find']>>>;

/** Applies what a provider says of a refund: one that we asked for, or one that was made there. */
@Injectable()
export class RefundFacts {
  constructor(
    private readonly owners: FactOwnersRepository,
    private readonly transactions: TransactionsRepository,
    private readonly refunds: RefundsRepository,
    private readonly settlement: RefundSettlement,
    private readonly external: ExternalRefunds,
    private readonly reviews: ReviewsService,
  ) {}

  async apply(webhook: ProviderWebhook, subject: SubjectOf<'refund'>): Promise<FactResult> {
    const known = await this.find(webhook, subject);
    if (known?.archived) {
      const { partnerId, transactionId, id } = known;
      return archivedPayment({ partnerId, id: transactionId }, id);
    }
    if (known) return this.applyTo(known, webhook, subject);
    const { providerTransactionId, refundId, outcome } = subject;
    const owner = await this.owners.payment(webhook, providerTransactionId);
    const payment = owner && (await this.transactions.find(owner.partnerId, owner.id));
    if (!payment) return unknownPayment(isOurs(refundId));
    if (payment.archived) return archivedPayment(payment);
    const obstacle = await this.obstacleTo(webhook, subject, payment);
    if (obstacle) return { ...obstacle, ...about(payment) };
    const { amount, providerRefundId } = subject;
    const made = await this.external.record(payment, { amount, providerRefundId, outcome });
    const recorded = made ?? (await this.find(webhook, subject));
    if (recorded) return this.applyTo(recorded, webhook, subject);
    return { status: 'parked', note: 'the refund could not be recorded yet', ...about(payment) };
  }

  private async find(
    webhook: ProviderWebhook,
    { providerRefundId, refundId }: SubjectOf<'refund'>,
  ): Promise<Refund | undefined> {
    const owner = await this.owners.refund(webhook, providerRefundId, refundId);
    return owner && (await this.refunds.find(owner.partnerId, owner.id))?.refund;
  }

  private async applyTo(
    refund: Refund,
    webhook: ProviderWebhook,
    { amount, currency, outcome }: SubjectOf<'refund'>,
  ): Promise<FactResult> {
    const whose = whoseRefund(webhook, refund);
    const result = { ...about({ ...refund, id: refund.transactionId }, refund.id) };
    if (outcome.status !== 'failed' && !isSameMoney({ amount, currency }, refund)) {
      const expected = { amount: refund.amount, currency: refund.currency };
      const details = { expected, told: { amount, currency } };
      await this.reviews.open({ kind: 'amount_mismatch', ...whose, details });
      return { status: 'failed', note: 'another amount than the refund', ...result };
    }
    await this.settlement.settle(refund, refundVerdictOf(outcome), {});
    await failpoint('webhook.after_outcome');
    const details = { provider_refund_id: refund.providerRefundId, amount, currency };
    if (refund.source === 'provider') {
      await this.reviews.open({ kind: 'dashboard_refund', ...whose, details });
    }
    if (isSameMoney({ amount: refund.refundExcess, currency }, { amount: '0', currency })) {
      return { status: 'applied', ...result };
    }
    const excess = { ...details, excess: refund.refundExcess };
    await this.reviews.open({ kind: 'refund_excess', ...whose, details: excess });
    return { status: 'applied', ...result };
  }

  /** Why a refund that is not ours can't become a row of the payment, or not yet. */
  private async obstacleTo(
    webhook: ProviderWebhook,
    subject: SubjectOf<'refund'>,
    payment: Payment,
  ): Promise<FactResult | undefined> {
    const { providerTransactionId, refundId, amount, currency } = subject;
    if (!/^(completed|partially_refunded|refunded)$/.test(payment.status)) {
      return { status: 'parked', note: 'the payment is not completed yet' };
    }
    if (payment.providerTransactionId !== providerTransactionId) {
      return this.ofAnotherCharge(webhook, subject, payment);
    }
    if (payment.currency !== currency) {
      const expected = { amount: payment.amount, currency: payment.currency };
      const details = { expected, told: { amount, currency } };
      const { id, provider, providerAccount } = webhook;
      const whose = { ...about(payment), providerWebhookId: id, provider, providerAccount };
      await this.reviews.open({ kind: 'amount_mismatch', ...whose, details });
      return { status: 'failed', note: 'another currency than the payment' };
    }
    // A refund of ours may be under way whose id never reached us; only its mark would tell.
    const { partnerId, id } = payment;
    if (isOurs(refundId) || !(await this.refunds.hasNameless(partnerId, id, amount))) return;
    return { status: 'parked', note: 'a refund of ours may be meant' };
  }

  /** Of a charge beyond the one that paid: it is no refund of the payment. Its failure is told by itself. */
  private async ofAnotherCharge(
    webhook: ProviderWebhook,
    { providerTransactionId, providerRefundId, amount, currency, outcome }: SubjectOf<'refund'>,
    payment: Payment,
  ): Promise<FactResult> {
    const note = 'a refund of another charge than the one that paid';
    const { status } = outcome;
    if (status === 'processing') return { status: 'ignored', note: `${note}, under way` };
    const { id, provider, providerAccount } = webhook;
    const attempts = await this.transactions.attempts(payment.partnerId, payment.id);
    const attempt = attempts.find((one) => one.providerTransactionId === providerTransactionId);
    const charge = chargeSubject(webhook, providerTransactionId);
    await this.reviews.open({
      ...{ kind: 'double_charge', ...about(payment) },
      ...{ providerWebhookId: id, provider, providerAccount },
      subject: status === 'failed' ? `${charge}/${providerRefundId}` : charge,
      details: {
        attempt_no: attempt?.attemptNo,
        second_provider_transaction_id: providerTransactionId,
        ...{ provider_refund_id: providerRefundId, amount, currency, refund: status },
        reason: status === 'failed' ? `${outcome.raw.code}: ${outcome.raw.message}` : undefined,
      },
    });
    return { status: 'failed', note };
  }
}

function whoseRefund({ id, providerAccount }: ProviderWebhook, refund: Refund) {
  return {
    ...about({ id: refund.transactionId, partnerId: refund.partnerId }, refund.id),
    ...{ provider: refund.provider, providerAccount, providerWebhookId: id },
  };
}
