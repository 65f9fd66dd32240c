import { formatAmount } from '@libs/money';
import {
  type PaymentProvider,
  ProviderError,
  type ProviderRegistry,
  type RefundIntent,
} from '@libs/providers';
import { Inject, Injectable } from '@nestjs/common';
import { PROVIDERS } from '../../platform/providers.module.js';
import { CatalogService } from '../catalog/index.js';
import { remembersKey, TransactionsService } from '../transactions/index.js';
import type { Refund } from './refund.entity.js';
import {
  type RefundVerdict,
  refundVerdictOf,
  refundVerdictOfError,
  standingVerdict,
  unknownRefund,
} from './refund-verdict.js';

/** Speaks to the provider about a refund. Never within a database transaction. */
@Injectable()
export class RefundProvider {
  constructor(
    @Inject(PROVIDERS) private readonly providers: ProviderRegistry,
    private readonly catalog: CatalogService,
    private readonly transactions: TransactionsService,
  ) {}

  async refund(refund: Refund): Promise<RefundVerdict> {
    const intent = await this.intentOf(refund);
    try {
      return refundVerdictOf(await this.providerOf(refund).refund(intent));
    } catch (error) {
      return refundVerdictOfError(error, false);
    }
  }

  /**
   * Asks what became of a refund; sends it again under the same key where nobody can tell. One that is settled, by
   * the provider or by people, is never sent again.
   */
  async synchronise(refund: Refund): Promise<RefundVerdict> {
    if (refund.status !== 'processing') return standingVerdict(refund);
    const intent = await this.intentOf(refund);
    const provider = this.providerOf(refund);
    try {
      const found = await provider.fetchRefund({
        refundId: refund.id,
        transactionId: refund.transactionId,
        providerTransactionId: intent.providerTransactionId,
        providerRefundId: refund.providerRefundId ?? undefined,
      });
      if (found !== 'not_found' && found !== 'unsupported') return refundVerdictOf(found);
      const account = this.providers.find(refund.provider, refund.providerAccount);
      if (refund.source === 'provider') {
        throw new ProviderError('outcome_unknown', 'a refund that the provider made is never sent');
      }
      if (!remembersKey(account, refund.createdAt)) {
        return { ...unknownRefund('the idempotency key has expired'), isHopeless: true };
      }
      return refundVerdictOf(await provider.refund(intent));
    } catch (error) {
      return refundVerdictOfError(error, true);
    }
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
