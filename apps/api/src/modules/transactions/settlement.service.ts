import { Injectable } from '@nestjs/common';
import type { IdempotencyClaim } from '../../http/request.js';
import { IdempotencyService } from '../idempotency/index.js';
import { ReviewsService } from '../reviews/index.js';
import { nextSyncMs } from './sync-schedule.js';
import { TransactionAnswer } from './transaction-answer.service.js';
import type { Transaction } from './transaction.entity.js';
import { type ActorClass, mayMove } from './transaction.machine.js';
import type { SettlementRow } from './transaction.statements.js';
import { TransactionsRepository } from './transactions.repository.js';
import { isUnknown, type Verdict } from './verdict.js';

/** Who settles, and for which waiting request. */
export interface SettlementContext {
  attemptNo: number;
  actor: ActorClass;
  requestId?: string;
  /** The request that waits for the outcome: its answer is stored together with it. */
  waiting?: Waiting;
}

interface Waiting {
  claim: IdempotencyClaim;
  httpStatus: number;
  /** The moment of the verdict by the database's clock, so that the answer can be foretold. */
  at: Date;
}

const maxRounds = 5;

/** The only place that changes the status of a payment after it was recorded. */
@Injectable()
export class SettlementService {
  constructor(
    private readonly transactions: TransactionsRepository,
    private readonly idempotency: IdempotencyService,
    private readonly answer: TransactionAnswer,
    private readonly reviews: ReviewsService,
  ) {}

  /**
   * Records what a provider said of a payment.
   *
   * A verdict that the payment may not take any more, because a later one came first, changes
   * nothing: the row stays as it is and is returned.
   *
   * @returns the payment as it is now, and as the stored answer of a waiting request shows it
   */
  async settle(
    transaction: Transaction,
    verdict: Verdict,
    context: SettlementContext,
  ): Promise<Transaction> {
    let current = transaction;
    for (let round = 0; round < maxRounds; round++) {
      const settled = await this.write(current, verdict, context);
      if (settled) return settled;
      const found = await this.transactions.find(transaction.partnerId, transaction.id);
      if (!found) throw new Error(`transaction ${transaction.id} is gone`);
      current = found;
    }
    throw new Error(`transaction ${transaction.id} changed ${maxRounds} times while it settled`);
  }

  private async write(
    transaction: Transaction,
    verdict: Verdict,
    context: SettlementContext,
  ): Promise<Transaction | undefined> {
    const status = nextStatus(transaction, verdict, context.actor);
    if (status === undefined) return this.keep(transaction, context);
    if (status === 'completed') await this.noteLateSuccess(transaction, verdict);
    const row = { ...plan(transaction, verdict, status, context), answer: undefined };
    const { waiting } = context;
    if (!waiting) return (await this.transactions.settle(row))?.transaction;
    const foretold = foretell(row, waiting.at);
    const body = JSON.stringify(await this.answer.of(foretold));
    const answer = { ...this.idempotency.seal(waiting.claim, body), ...waiting };
    const settled = await this.transactions.settle({ ...row, answer });
    if (settled && !settled.answered) await this.idempotency.recall(waiting.claim);
    return settled && foretold;
  }

  /** Partner and payer were told that nothing was taken. The alert first: a crash repeats it. */
  private async noteLateSuccess(transaction: Transaction, verdict: Verdict): Promise<void> {
    const { id, partnerId, provider, providerAccount, status } = transaction;
    if (status !== 'failed' && status !== 'cancelled') return;
    await this.reviews.open({
      ...{ kind: 'late_success', transactionId: id, partnerId, provider, providerAccount },
      details: { from: status, provider_transaction_id: verdict.providerTransactionId },
    });
  }

  /** The verdict came too late to matter; whoever waits gets the payment as it is. */
  private async keep(transaction: Transaction, { waiting }: SettlementContext) {
    if (waiting) {
      const body = JSON.stringify(await this.answer.of(transaction));
      await this.idempotency.storeAnswer(waiting.claim, waiting.httpStatus, body);
    }
    return transaction;
  }
}

/** The state after a verdict, or `undefined` when it has nothing to add. */
function nextStatus(
  { status }: Transaction,
  verdict: Verdict,
  actor: ActorClass,
): Transaction['status'] | undefined {
  if (verdict.status === status) return status === 'processing' ? status : undefined;
  return mayMove(status, verdict.status, actor) ? verdict.status : undefined;
}

function plan(
  transaction: Transaction,
  verdict: Verdict,
  status: Transaction['status'],
  { attemptNo, actor, requestId, waiting }: SettlementContext,
): Omit<SettlementRow, 'answer'> {
  // A manual payment is settled by people: there is nobody to ask.
  const isAwaited = status === 'processing' && transaction.provider !== 'manual';
  return {
    transaction,
    attemptNo,
    status,
    verdict: isUnknown(verdict) ? { ...verdict, nextAction: transaction.nextAction } : verdict,
    actor: actor === 'provider' ? `provider:${transaction.provider}` : actor,
    requestId,
    at: waiting?.at,
    nextSyncInMs: isAwaited ? nextSyncMs(verdict.retryAfterMs, transaction.syncCount) : null,
  };
}

/** The row as the statement will leave it, so that its answer can be stored by the same statement. */
function foretell(
  { transaction, status, verdict }: Omit<SettlementRow, 'answer'>,
  at: Date,
): Transaction {
  const changed: Transaction = {
    ...transaction,
    status,
    providerTransactionId: verdict.providerTransactionId ?? transaction.providerTransactionId,
    providerCustomerId: verdict.providerCustomerId ?? transaction.providerCustomerId,
    nextAction: verdict.nextAction,
    errorCode: verdict.errorCode,
    errorMessage: status === 'failed' ? verdict.errorMessage : null,
    declineCode: verdict.declineCode,
    processedAt: status === 'completed' ? (transaction.processedAt ?? at) : transaction.processedAt,
    failedAt: status === 'failed' ? (transaction.failedAt ?? at) : transaction.failedAt,
    cancelledAt: status === 'cancelled' ? (transaction.cancelledAt ?? at) : transaction.cancelledAt,
  };
  const isVisible = JSON.stringify(changed) !== JSON.stringify(transaction);
  return isVisible ? { ...changed, version: transaction.version + 1, updatedAt: at } : changed;
}
