import type { ProviderFact } from '@libs/providers';
import { Injectable, Logger } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import { refundVerdictOf, RefundSettlement, RefundsRepository } from '../refunds/index.js';
import { SettlementService, TransactionsRepository, verdictOf } from '../transactions/index.js';
import type { ProviderWebhook } from './provider-webhook.entity.js';
import { ProviderWebhooksRepository, type WebhookResult } from './provider-webhooks.repository.js';

type PaymentSubject = Extract<ProviderFact['subject'], { kind: 'payment' }>;
type RefundSubject = Extract<ProviderFact['subject'], { kind: 'refund' }>;

const batchSize = 50;
const leaseMs = 60_000;
const firstRetryMs = 1_000;
const longestRetryMs = 3_600_000;
const maxAttempts = 40;

/** Applies what providers reported, through the same settlement as our own calls. */
@Injectable()
export class CallbackWorker {
  private readonly logger = new Logger('CallbackWorker');

  constructor(
    private readonly webhooks: ProviderWebhooksRepository,
    private readonly transactions: TransactionsRepository,
    private readonly settlement: SettlementService,
    private readonly refunds: RefundsRepository,
    private readonly refundSettlement: RefundSettlement,
  ) {}

  /** @returns how many webhooks were looked at */
  async run(): Promise<number> {
    const due = await this.webhooks.claimDue(batchSize, leaseMs);
    if (due.length > 0) failpoint('webhook.after_claim');
    for (const webhook of due) await this.finish(webhook);
    return due.length;
  }

  private async finish(webhook: ProviderWebhook): Promise<void> {
    const result = await this.apply(webhook).catch((error: unknown): WebhookResult => ({
      status: 'parked',
      lastError: String(error),
    }));
    const retryInMs = result.status === 'parked' ? retryDelayMs(webhook.attemptCount) : null;
    if (result.lastError) this.logger.warn(`webhook ${webhook.id}: ${result.lastError}`);
    const status = retryInMs === null && result.status === 'parked' ? 'failed' : result.status;
    await this.webhooks.finish(webhook.id, { ...result, status }, retryInMs);
  }

  private async apply(webhook: ProviderWebhook): Promise<WebhookResult> {
    const { subject } = this.webhooks.factOf(webhook);
    switch (subject.kind) {
      case 'payment':
        return this.applyToPayment(webhook, subject);
      case 'refund':
        return this.applyToRefund(webhook, subject);
      case 'dispute':
      case 'other':
        return { status: 'ignored' };
    }
  }

  private async applyToPayment(
    webhook: ProviderWebhook,
    subject: PaymentSubject,
  ): Promise<WebhookResult> {
    const { providerTransactionId, transactionId, outcome } = subject;
    const owner = await this.webhooks.findOwner(webhook, providerTransactionId, transactionId);
    const found = owner && (await this.transactions.find(owner.partnerId, owner.id));
    if (!found) return { status: 'parked', lastError: 'no such payment yet' };
    const attempts = await this.transactions.attempts(found.partnerId, found.id);
    const attempt =
      attempts.find((known) => known.providerTransactionId === providerTransactionId) ??
      attempts.at(-1);
    await this.settlement.settle(found, verdictOf(outcome), {
      attemptNo: attempt?.attemptNo ?? 1,
      actor: 'provider',
    });
    failpoint('webhook.after_outcome');
    return { status: 'applied', partnerId: found.partnerId, transactionId: found.id };
  }

  private async applyToRefund(
    webhook: ProviderWebhook,
    subject: RefundSubject,
  ): Promise<WebhookResult> {
    const { providerTransactionId, refundId, outcome } = subject;
    const owner = await this.webhooks.findOwner(webhook, providerTransactionId, undefined);
    const found = owner && refundId && (await this.refunds.find(owner.partnerId, refundId));
    if (!owner || !found) return { status: 'parked', lastError: 'no such refund yet' };
    const { refund } = found;
    await this.refundSettlement.settle(refund, refundVerdictOf(outcome), {});
    failpoint('webhook.after_outcome');
    return {
      status: 'applied',
      partnerId: owner.partnerId,
      transactionId: refund.transactionId,
      refundId: refund.id,
    };
  }
}

function retryDelayMs(attempts: number): number | null {
  if (attempts >= maxAttempts) return null;
  return Math.min(firstRetryMs * 2 ** attempts, longestRetryMs);
}
