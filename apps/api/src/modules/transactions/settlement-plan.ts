import { InvalidAmountError, toMinor } from '@libs/money';
import { isSettledByPeople, type Money, type ProviderCode } from '@libs/providers';
import type { SettlementRow } from './settlement.statements.js';
import { mostSyncs, nextSyncMs } from './sync-schedule.js';
import type { TransactionAttempt } from './transaction-attempt.entity.js';
import type { Transaction } from './transaction.entity.js';
import { type ActorClass, mayMove } from './transaction.machine.js';
import { isUnknown, type Verdict } from './verdict.js';

type Plan = Omit<SettlementRow, 'answer'>;

/** Decimals of the amounts in the database. */
const storedDecimals = 4;

/** The state after a verdict, or `undefined` when it has nothing to add. */
export function nextStatus(
  { status }: Transaction,
  verdict: Verdict,
  actor: ActorClass,
): Transaction['status'] | undefined {
  if (verdict.status === status) return status === 'processing' ? status : undefined;
  return mayMove(status, verdict.status, actor) ? verdict.status : undefined;
}

export function isPaid({ status }: Transaction): boolean {
  return ['completed', 'partially_refunded', 'refunded'].includes(status);
}

/** Whether a provider took the money for a payment that it has taken under another id already. */
export function isPaidTwice(transaction: Transaction, verdict: Verdict): boolean {
  const [first, second] = [transaction.providerTransactionId, verdict.providerTransactionId];
  const isSecond = first !== null && second !== null && first !== second;
  return verdict.status === 'completed' && isPaid(transaction) && isSecond;
}

/** Whether a promise of money came for a payment that somebody wants to cancel, or that is over. */
export function isDoubtful({ status, cancelRequestedAt }: Transaction, verdict: Verdict): boolean {
  const isPromise = verdict.status === 'completed' && verdict.promise === 'made';
  return isPromise && (status !== 'processing' || cancelRequestedAt !== null);
}

/** Whether a provider took what the payment asks for, as far as it says. */
export function tookTheAmount(
  { amount, currency }: Pick<Transaction, 'amount' | 'currency'>,
  money: Money | null,
): boolean {
  if (!money) return true;
  try {
    const [asked, taken] = [amount, money.amount].map((text) => toMinor(text, storedDecimals));
    return asked === taken && money.currency === currency;
  } catch (error) {
    if (error instanceof InvalidAmountError) return false;
    throw error;
  }
}

export function providerActor({ provider }: { provider: ProviderCode }): string {
  return `provider:${provider}`;
}

/** How a verdict is to be written. */
export function planSettlement(
  wish: Pick<Plan, 'transaction' | 'attemptNo' | 'status' | 'verdict' | 'at'> & {
    actor: ActorClass;
    requestId?: string;
    toldBy: TransactionAttempt | undefined;
    isAlone?: boolean;
  },
): Plan {
  const { transaction, attemptNo, status, verdict, actor, requestId, at, toldBy } = wish;
  const isAwaited = status === 'processing' && !isSettledByPeople(transaction.provider);
  const nextSyncInMs = isAwaited ? delayMs(verdict, transaction.syncCount) : null;
  return {
    ...{ transaction, attemptNo, status, requestId, at, nextSyncInMs },
    verdict: leavesPage(verdict) ? { ...verdict, nextAction: transaction.nextAction } : verdict,
    toldBy: toldBy && { provider: toldBy.provider, providerAccount: toldBy.providerAccount },
    actor: actor === 'provider' ? providerActor(toldBy ?? transaction) : actor,
    leastSyncs: isAwaited && nextSyncInMs === null ? mostSyncs : 0,
    isAlone: wish.isAlone ?? false,
  };
}

/** Whether the page that the payer was sent to is as good as before. */
function leavesPage(verdict: Verdict): boolean {
  return isUnknown(verdict) || verdict.promise === 'kept';
}

function delayMs(verdict: Verdict, asked: number): number | null {
  if (verdict.isHopeless) return null;
  return verdict.isResumable ? 0 : nextSyncMs(verdict.retryAfterMs, asked);
}

/** The row as the statement will leave it, so that its answer can be stored by the same statement. */
export function foretell({ transaction, status, verdict, toldBy }: Plan, at: Date): Transaction {
  const changed: Transaction = {
    ...transaction,
    ...toldBy,
    status,
    providerTransactionId: verdict.providerTransactionId ?? transaction.providerTransactionId,
    providerCustomerId: verdict.providerCustomerId ?? transaction.providerCustomerId,
    nextAction: verdict.nextAction,
    errorCode: verdict.errorCode,
    errorMessage: status === 'failed' ? verdict.errorMessage : null,
    declineCode: verdict.declineCode,
    retryAdvice: status === 'failed' ? verdict.retryAdvice : null,
    processedAt: status === 'completed' ? (transaction.processedAt ?? at) : transaction.processedAt,
    failedAt: status === 'failed' ? (transaction.failedAt ?? at) : transaction.failedAt,
    cancelledAt: status === 'cancelled' ? (transaction.cancelledAt ?? at) : transaction.cancelledAt,
  };
  const isVisible = JSON.stringify(changed) !== JSON.stringify(transaction);
  return isVisible ? { ...changed, version: transaction.version + 1, updatedAt: at } : changed;
}
