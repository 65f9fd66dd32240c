import { formatAmount } from '@libs/money';
import type {
  ChargeQuery,
  Lack,
  ProviderAccount,
  ProviderRegistry,
  Suitability,
} from '@libs/providers';
import { Inject, Injectable } from '@nestjs/common';
import { type Config, CONFIG } from '../../config.js';
import { ApiError } from '../../errors/api-error.js';
import { PROVIDERS } from '../../platform/providers.module.js';
import { CatalogService } from '../catalog/index.js';
import type { CreateTransactionDto } from './create-transaction.dto.js';
import type { Transaction } from './transaction.entity.js';
import { TransactionsRepository } from './transactions.repository.js';

const wordsFor: Record<Lack, string> = {
  method: 'does not take the payment method',
  currency: 'does not take the currency',
  amount: 'can not be sent the amount',
  token: 'has no token that it can use',
  credentials: 'is not set up',
};

/** Chooses the account that is to take a payment, and the next one when it certainly did not. */
@Injectable()
export class ProviderChoice {
  constructor(
    @Inject(PROVIDERS) private readonly providers: ProviderRegistry,
    @Inject(CONFIG) private readonly config: Config,
    private readonly catalog: CatalogService,
    private readonly transactions: TransactionsRepository,
  ) {}

  /** @throws ApiError when nobody can take the payment, before anything is written */
  choose(
    request: CreateTransactionDto,
  ): Pick<Transaction, 'provider' | 'providerAccount' | 'mayFailOver'> {
    const query: ChargeQuery = {
      method: request.payment_method,
      currency: request.currency,
      amount: request.amount,
      token: request.payment_method_token,
      tokens: request.payment_method_tokens,
    };
    const named = request.provider;
    const chosen = this.providers
      .eligible(query)
      .find(({ code }) => named === undefined || named === code);
    if (!chosen) throw this.refusal(query, named);
    return { provider: chosen.code, providerAccount: chosen.account, mayFailOver: !named };
  }

  /** The next account that can take the payment and was not asked yet. */
  async next(transaction: Transaction): Promise<ProviderAccount | undefined> {
    const { status, mayFailOver, cancelRequestedAt, retryCount } = transaction;
    if (status !== 'processing' || !mayFailOver || cancelRequestedAt !== null) return undefined;
    if (retryCount + 1 >= this.config.PROVIDER_MAX_ATTEMPTS) return undefined;
    const decimals = await this.catalog.decimalsOf(transaction.currency);
    const attempts = await this.transactions.attempts(transaction.partnerId, transaction.id);
    const eligible = this.providers.eligible({
      method: transaction.paymentMethod,
      currency: transaction.currency,
      amount: formatAmount(transaction.amount, decimals),
      token: transaction.paymentMethodToken,
      tokens: transaction.paymentMethodTokens,
    });
    return eligible.find(
      ({ code, account }) =>
        !attempts.some((tried) => tried.provider === code && tried.providerAccount === account),
    );
  }

  private refusal(query: ChargeQuery, named: string | undefined): ApiError {
    const looked = this.providers
      .suitability(query)
      .filter(({ code }) => named === undefined || named === code);
    if (looked.length === 0) return new ApiError('no_provider_available');
    const detail = `${looked.map(sentenceOf).join('; ')}.`;
    return new ApiError('no_provider_available', { detail });
  }
}

function sentenceOf({ code, lacks }: Suitability): string {
  return `${code} ${lacks.map((lack) => wordsFor[lack]).join(', ')}`;
}
