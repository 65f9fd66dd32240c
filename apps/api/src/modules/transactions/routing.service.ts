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
import { isWithinKeyLifetime } from './sync-schedule.js';
import { PayerData } from './payer-data.js';
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
  async synchronise(transaction: Transaction, attemptNo: number): Promise<Verdict> {
    if (transaction.cancelRequestedAt !== null) return this.cancel(transaction, attemptNo);
    const intent = await this.intentOf(transaction, attemptNo);
    return decide(true, async () => {
      const found = await this.lookUp(transaction, intent);
      if (found) return found;
      if (!this.keyIsKnown(transaction)) throw unknownOutcome('the idempotency key has expired');
      return this.providerOf(transaction).charge(intent);
    });
  }

  /** Asks the provider to stop a payment. Where it does not, what it knows of it is the verdict. */
  async cancel(transaction: Transaction, attemptNo: number): Promise<Verdict> {
    const intent = await this.intentOf(transaction, attemptNo);
    return decide(true, async () => {
      try {
        return await this.providerOf(transaction).cancel(referenceOf(transaction, intent));
      } catch {
        const found = await this.lookUp(transaction, intent);
        if (!found) throw unknownOutcome('the provider does not know the payment');
        return found;
      }
    });
  }

  /** Whether the provider can be asked to stop a payment at all. */
  canCancel({ provider, providerAccount }: Transaction): boolean {
    return this.capabilitiesOf(provider, providerAccount)?.operations.cancel ?? false;
  }

  private async lookUp(
    transaction: Transaction,
    intent: ChargeIntent,
  ): Promise<ProviderOutcome | undefined> {
    const found = await this.providerOf(transaction).fetch(referenceOf(transaction, intent));
    return found === 'not_found' || found === 'unsupported' ? undefined : found;
  }

  /** After its lifetime a key charges once more. Counted from the creation, to be on the safe side. */
  private keyIsKnown({ provider, providerAccount, createdAt }: Transaction): boolean {
    const lifetimeMs = this.capabilitiesOf(provider, providerAccount)?.idempotencyKeyLifetimeMs;
    return isWithinKeyLifetime(createdAt, lifetimeMs ?? null);
  }

  private capabilitiesOf(code: string, account: string) {
    const accounts = this.providers.all();
    return accounts.find((known) => known.code === code && known.account === account)?.capabilities;
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

function unknownOutcome(message: string): ProviderError {
  return new ProviderError('outcome_unknown', message);
}

async function decide(sentBefore: boolean, call: () => Promise<ProviderOutcome>): Promise<Verdict> {
  try {
    return verdictOf(await call());
  } catch (error) {
    return verdictOfError(error, sentBefore);
  }
}
