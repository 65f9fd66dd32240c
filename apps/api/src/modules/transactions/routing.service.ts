import { formatAmount } from '@libs/money';
import {
  type ChargeIntent,
  type PaymentReference,
  ProviderError,
  type ProviderOutcome,
  type ProviderRegistry,
} from '@libs/providers';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { PROVIDERS } from '../../platform/providers.module.js';
import { CatalogService } from '../catalog/index.js';
import { PayerData } from './payer-data.js';
import { remembersKey } from './sync-schedule.js';
import type { TransactionAttempt } from './transaction-attempt.entity.js';
import type { Transaction } from './transaction.entity.js';
import { TransactionsRepository } from './transactions.repository.js';
import {
  promiseOf,
  unknownVerdict,
  type Verdict,
  verdictOf,
  verdictOfError,
  withdrawnVerdict,
} from './verdict.js';

/** Speaks to the provider of a payment. Never within a database transaction. */
@Injectable()
export class RoutingService {
  private readonly logger = new Logger('Routing');

  constructor(
    @Inject(PROVIDERS) private readonly providers: ProviderRegistry,
    private readonly catalog: CatalogService,
    private readonly payerData: PayerData,
    private readonly transactions: TransactionsRepository,
  ) {}

  /** Sends an attempt for the first time. */
  async charge(transaction: Transaction, attemptNo: number): Promise<Verdict> {
    const intent = await this.intentOf(transaction, attemptNo);
    return decide(false, () => this.providerOf(transaction).charge(intent));
  }

  /**
   * Asks what became of a payment; goes on with what its payer approved, and sends it again under
   * the same key where nobody can tell and the provider still knows the key. A payment that its
   * partner cancelled is never sent again.
   */
  async synchronise(transaction: Transaction, attempt: TransactionAttempt): Promise<Verdict> {
    if (transaction.cancelRequestedAt !== null) {
      return { ...(await this.cancel(transaction, attempt)), isResumable: false };
    }
    const intent = await this.intentOf(transaction, attempt.attemptNo);
    const isKeyKnown = this.remembersKey(transaction, attempt);
    let isHopeless = false;
    const verdict = await decide(true, async () => {
      const found = await this.lookUp(transaction, intent);
      if (found) return this.goOn(transaction, attempt, intent, found);
      if (!isKeyKnown) {
        isHopeless = !this.canLookUp(transaction);
        throw new ProviderError('outcome_unknown', 'the idempotency key has expired');
      }
      const isOpen = await this.transactions.countCall(transaction, attempt.attemptNo);
      if (!isOpen) throw new ProviderError('outcome_unknown', 'it was settled meanwhile');
      return this.providerOf(transaction).charge(intent);
    });
    return { ...verdict, isResumable: false, isHopeless };
  }

  /**
   * Goes on with a payment whose payer came back from the provider's page.
   *
   * @returns `undefined` when there is nothing to go on with, or somebody else does
   */
  async resume(
    transaction: Transaction,
    attempt: TransactionAttempt,
    returned: Readonly<Record<string, string>>,
  ): Promise<Verdict | undefined> {
    const intent = await this.intentOf(transaction, attempt.attemptNo);
    const reference = referenceOf(transaction, intent);
    try {
      const found = await this.providerOf(transaction).fetch(reference);
      if (found === 'not_found') return undefined;
      const resumed =
        found === 'unsupported' || isResumable(found)
          ? await this.resumeOnce(transaction, attempt, reference, returned)
          : found;
      return resumed && { ...verdictOf(resumed), isResumable: false };
    } catch (error) {
      return verdictOfError(error, true);
    }
  }

  /** Asks the provider to stop a payment. Where it does not, what it knows of it is the verdict. */
  async cancel(transaction: Transaction, attempt: TransactionAttempt): Promise<Verdict> {
    if (attempt.sends === 0) return withdrawnVerdict();
    if (promiseOf(attempt) === 'kept') return unknownVerdict('the provider refused to cancel it');
    const intent = await this.intentOf(transaction, attempt.attemptNo);
    let isHopeless = false;
    const verdict = await decide(true, async () => {
      const stopped = await this.stop(transaction, intent);
      const found = stopped ?? (await this.lookUp(transaction, intent));
      if (found && isAbout(found)) return found;
      isHopeless = !this.remembersKey(transaction, attempt) && !this.canLookUp(transaction);
      const known = found ? 'only received the cancellation' : 'does not know the payment';
      throw new ProviderError('outcome_unknown', `the provider ${known}`);
    });
    return { ...verdict, isHopeless };
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
      .catch((error: unknown) => {
        // Its answer when it is too late to cancel.
        if (error instanceof ProviderError && error.kind === 'rejected') return undefined;
        this.logger.warn(`transaction ${transaction.id} was not cancelled: ${String(error)}`);
        return undefined;
      });
  }

  private async lookUp(
    transaction: Transaction,
    intent: ChargeIntent,
  ): Promise<ProviderOutcome | undefined> {
    const found = await this.providerOf(transaction).fetch(referenceOf(transaction, intent));
    return found === 'not_found' || found === 'unsupported' ? undefined : found;
  }

  private async goOn(
    transaction: Transaction,
    attempt: TransactionAttempt,
    intent: ChargeIntent,
    found: ProviderOutcome,
  ): Promise<ProviderOutcome> {
    if (!isResumable(found)) return found;
    const { providerTransactionId } = found;
    const reference = { ...referenceOf(transaction, intent), providerTransactionId };
    return (await this.resumeOnce(transaction, attempt, reference, {})) ?? found;
  }

  /** Of all who know the same calls of the attempt, one goes on. */
  private async resumeOnce(
    transaction: Transaction,
    { attemptNo, sends }: TransactionAttempt,
    reference: PaymentReference,
    returned: Readonly<Record<string, string>>,
  ): Promise<ProviderOutcome | undefined> {
    if (!(await this.transactions.countCall(transaction, attemptNo, sends))) return undefined;
    const resumed = await this.providerOf(transaction).resume(reference, returned);
    return typeof resumed === 'string' ? undefined : resumed;
  }

  private remembersKey(transaction: Transaction, { startedAt }: TransactionAttempt): boolean {
    return remembersKey(this.accountOf(transaction), startedAt);
  }

  /** Without its id a payment is found by its key, or for a while by a search. */
  private canLookUp(transaction: Transaction): boolean {
    const account = this.accountOf(transaction);
    if (account?.capabilities.operations.lookUp === false) return false;
    return transaction.providerTransactionId !== null;
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
      paymentMethodToken: tokenOf(transaction),
      description: transaction.description ?? undefined,
      returnUrl: transaction.providerReturnUrl ?? transaction.returnUrl ?? undefined,
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

function tokenOf(transaction: Transaction): string | undefined {
  const { provider, paymentMethodToken, paymentMethodTokens } = transaction;
  return paymentMethodTokens?.[provider] ?? paymentMethodToken ?? undefined;
}

function referenceOf(transaction: Transaction, intent: ChargeIntent): PaymentReference {
  return {
    transactionId: transaction.id,
    idempotencyKey: intent.idempotencyKey,
    providerTransactionId: transaction.providerTransactionId ?? undefined,
  };
}

function isResumable(outcome: ProviderOutcome): boolean {
  return outcome.status === 'processing' && outcome.resumable === true;
}

/** Whether an answer to a cancellation tells of the payment, and not merely that it was received. */
function isAbout({ status, providerTransactionId }: ProviderOutcome): boolean {
  return status !== 'processing' || providerTransactionId !== undefined;
}

async function decide(sentBefore: boolean, call: () => Promise<ProviderOutcome>): Promise<Verdict> {
  try {
    return verdictOf(await call());
  } catch (error) {
    return verdictOfError(error, sentBefore);
  }
}
