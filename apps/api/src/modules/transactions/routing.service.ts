import { formatAmount } from '@libs/money';
import {
  type ChargeIntent,
  type PaymentReference,
  ProviderError,
  type ProviderOutcome,
  type ProviderRegistry,
} from '@libs/providers';
import { Inject, Injectable } from '@nestjs/common';
import { ApiError } from '../../errors/api-error.js';
import { PROVIDERS } from '../../platform/providers.module.js';
import { CatalogService } from '../catalog/index.js';
import type { CreateTransactionDto } from './create-transaction.dto.js';
import { PayerData } from './payer-data.js';
import { remembersKey } from './sync-schedule.js';
import type { TransactionAttempt } from './transaction-attempt.entity.js';
import type { Transaction } from './transaction.entity.js';
import { type Verdict, verdictOf, verdictOfError } from './verdict.js';

/** Chooses the provider of a payment and speaks to it. Never within a database transaction. */
@Injectable()
export class RoutingService {
  constructor(
    @Inject(PROVIDERS) private readonly providers: ProviderRegistry,
    private readonly catalog: CatalogService,
    private readonly payerData: PayerData,
  ) {}

  /** @throws ApiError when nobody can take the payment, before anything is written */
  choose(request: CreateTransactionDto): Pick<Transaction, 'provider' | 'providerAccount'> {
    const eligible = this.providers.eligible({
      method: request.payment_method,
      currency: request.currency,
      amount: request.amount,
      hasToken: typeof request.payment_method_token === 'string',
    });
    const chosen = request.provider
      ? eligible.find((candidate) => candidate.code === request.provider)
      : eligible[0];
    if (!chosen) throw new ApiError('no_provider_available');
    return { provider: chosen.code, providerAccount: chosen.account };
  }

  async charge(transaction: Transaction, attemptNo: number): Promise<Verdict> {
    const intent = await this.intentOf(transaction, attemptNo);
    return decide(false, () => this.providerOf(transaction).charge(intent));
  }

  /**
   * Asks what became of a payment; sends it again under the same key where nobody can tell and the
   * provider still knows the key. A payment that its partner cancelled is never sent again.
   */
  async synchronise(transaction: Transaction, attempt: TransactionAttempt): Promise<Verdict> {
    if (transaction.cancelRequestedAt !== null) return this.cancel(transaction, attempt);
    const intent = await this.intentOf(transaction, attempt.attemptNo);
    return decide(true, async () => {
      const found = await this.lookUp(transaction, intent);
      if (found) return found;
      if (!remembersKey(this.accountOf(transaction), attempt.startedAt)) {
        throw new ProviderError('outcome_unknown', 'the idempotency key has expired');
      }
      return this.providerOf(transaction).charge(intent);
    });
  }

  /** Asks the provider to stop a payment. Where it does not, what it knows of it is the verdict. */
  async cancel(transaction: Transaction, attempt: TransactionAttempt): Promise<Verdict> {
    const intent = await this.intentOf(transaction, attempt.attemptNo);
    return decide(true, async () => {
      const stopped = await this.stop(transaction, intent);
      const found = stopped ?? (await this.lookUp(transaction, intent));
      if (found) return found;
      throw new ProviderError('outcome_unknown', 'the provider does not know the payment');
    });
  }

  /** Whether the provider can be asked to stop a payment at all. */
  canCancel(transaction: Transaction): boolean {
    return this.accountOf(transaction)?.capabilities.operations.cancel ?? false;
  }

  /** `undefined` when the provider can't or would not. */
  private async stop(
    transaction: Transaction,
    intent: ChargeIntent,
  ): Promise<ProviderOutcome | undefined> {
    if (!this.canCancel(transaction)) return undefined;
    const reference = referenceOf(transaction, intent);
    return this.providerOf(transaction)
      .cancel(reference)
      .catch(() => undefined);
  }

  private async lookUp(
    transaction: Transaction,
    intent: ChargeIntent,
  ): Promise<ProviderOutcome | undefined> {
    const found = await this.providerOf(transaction).fetch(referenceOf(transaction, intent));
    return found === 'not_found' || found === 'unsupported' ? undefined : found;
  }

  private accountOf({ provider, providerAccount }: Transaction) {
    return this.providers.find(provider, providerAccount);
  }

  private providerOf(transaction: Transaction) {
    return this.providers.get(transaction.provider, transaction.providerAccount);
  }

  private async intentOf(transaction: Transaction, attemptNo: number): Promise<ChargeIntent> {
    const decimals = await this.catalog.decimalsOf(transaction.currency);
    const payer = this.payerData.open(transaction);
    return {
      idempotencyKey: `${transaction.id}.${attemptNo}`,
      transactionId: transaction.id,
      amount: formatAmount(transaction.amount, decimals),
      currency: transaction.currency,
      paymentMethod: transaction.paymentMethod,
      paymentMethodToken: transaction.paymentMethodToken ?? undefined,
      description: transaction.description ?? undefined,
      returnUrl: transaction.returnUrl ?? undefined,
      payer: {
        email: payer.customerEmail ?? undefined,
        name: payer.customerName ?? undefined,
        phone: payer.customerPhone ?? undefined,
        ipAddress: transaction.ipAddress ?? undefined,
        userAgent: transaction.userAgent ?? undefined,
        browser: transaction.browser ?? undefined,
      },
    };
  }
}

function referenceOf(transaction: Transaction, intent: ChargeIntent): PaymentReference {
  return {
    transactionId: transaction.id,
    idempotencyKey: intent.idempotencyKey,
    providerTransactionId: transaction.providerTransactionId ?? undefined,
  };
}

async function decide(sentBefore: boolean, call: () => Promise<ProviderOutcome>): Promise<Verdict> {
  try {
    return verdictOf(await call());
  } catch (error) {
    return verdictOfError(error, sentBefore);
  }
}
