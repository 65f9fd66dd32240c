import { formatAmount } from '@libs/money';
import {
  type PaymentProvider,
  ProviderError,
  type ProviderRegistry,
  type RefundIntent,
  type RefundOutcome,
} from '@libs/providers';
import { Inject, Injectable } from '@nestjs/common';
import { PROVIDERS } from '../../platform/providers.module.js';
import { CatalogService } from '../catalog/index.js';
import { ReviewsService } from '../reviews/index.js';
import { remembersKey, TransactionsService } from '../transactions/index.js';
import type { Refund } from './refund.entity.js';
import {
  type RefundVerdict,
  refundVerdictOf,
  refundVerdictOfError,
  standingVerdict,
} from './refund-verdict.js';
import { RefundsRepository } from './refunds.repository.js';

/** Speaks to the provider about a refund. Never within a database transaction. */
@Injectable()
export class RefundProvider {
  constructor(
    @Inject(PROVIDERS) private readonly providers: ProviderRegistry,
    private readonly catalog: CatalogService,
    private readonly transactions: TransactionsService,
    private readonly refunds: RefundsRepository,
    private readonly reviews: ReviewsService,
  ) {}

  /** Sends a refund for the first time: the call was counted when it was recorded. */
  async refund(refund: Refund): Promise<RefundVerdict> {
    const intent = await this.intentOf(refund);
    return this.decide(refund, false, () => this.providerOf(refund).refund(intent));
  }

  /**
   * Asks what became of a refund; sends it again under the same key where nobody can tell. One that is settled, by
   * the provider or by people, is never sent again.
   */
  async synchronise(refund: Refund): Promise<RefundVerdict> {
    if (refund.status !== 'processing') return standingVerdict(refund);
    const intent = await this.intentOf(refund);
    const provider = this.providerOf(refund);
    let isHopeless = false;
    const verdict = await this.decide(refund, true, async () => {
      const found = await provider.fetchRefund({
        refundId: refund.id,
        transactionId: refund.transactionId,
        providerTransactionId: intent.providerTransactionId,
        providerRefundId: refund.providerRefundId ?? undefined,
      });
      if (found !== 'not_found' && found !== 'unsupported') return found;
      if (refund.source === 'provider') {
        throw new ProviderError('outcome_unknown', 'a refund that the provider made is never sent');
      }
      const account = this.providers.find(refund.provider, refund.providerAccount);
      isHopeless = !remembersKey(account, refund.createdAt);
      if (isHopeless) throw new ProviderError('outcome_unknown', 'the idempotency key has expired');
      if (!(await this.refunds.countCall(refund))) {
        throw new ProviderError('outcome_unknown', 'it was settled meanwhile');
      }
      return provider.refund(intent);
    });
    return { ...verdict, isHopeless };
  }

  private async decide(
    refund: Refund,
    sentBefore: boolean,
    call: () => Promise<RefundOutcome>,
  ): Promise<RefundVerdict> {
    const verdict = await verdictOn(sentBefore, call);
    const { id: refundId, transactionId, partnerId, provider, providerAccount } = refund;
    const whose = { refundId, transactionId, partnerId, provider, providerAccount };
    await this.reviews.noteUnmapped(whose, verdict);
    return verdict;
  }

  private providerOf(refund: Refund): PaymentProvider {
    return this.providers.get(refund.provider, refund.providerAccount);
  }

  private async intentOf(refund: Refund): Promise<RefundIntent> {
    const { partnerId, transactionId } = refund;
    const transaction = await this.transactions.findOrRefuse(partnerId, transactionId);
    const decimals = await this.catalog.decimalsOf(refund.currency);
    return {
      idempotencyKey: refund.id,
      refundId: refund.id,
      transactionId,
      providerTransactionId: transaction.providerTransactionId ?? '',
      amount: formatAmount(refund.amount, decimals),
      currency: refund.currency,
      reason: refund.reason,
    };
  }
}

async function verdictOn(
  sentBefore: boolean,
  call: () => Promise<RefundOutcome>,
): Promise<RefundVerdict> {
  try {
    return refundVerdictOf(await call(), sentBefore);
  } catch (error) {
    return refundVerdictOfError(error, sentBefore);
  }
}
