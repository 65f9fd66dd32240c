import { Injectable } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import { ApiError } from '../../errors/api-error.js';
import type { Caller, IdempotencyClaim } from '../../http/request.js';
import { databaseClock } from '../../platform/database-clock.js';
import { IdempotencyService } from '../idempotency/index.js';
import { AttemptChain, type Left, type Run } from './attempt-chain.service.js';
import { RoutingService } from './routing.service.js';
import { TransactionAnswer } from './transaction-answer.service.js';
import type { TransactionDto } from './transaction.dto.js';
import type { Transaction } from './transaction.entity.js';
import { TransactionsRepository, type WrittenTransaction } from './transactions.repository.js';
import type { Verdict } from './verdict.js';

type WaitingRun = Run & Required<Pick<Run, 'waiting'>>;

/** Takes a recorded payment to its answer. No database transaction is open while it does. */
@Injectable()
export class PaymentsInFlight {
  constructor(
    private readonly transactions: TransactionsRepository,
    private readonly routing: RoutingService,
    private readonly chain: AttemptChain,
    private readonly idempotency: IdempotencyService,
    private readonly answer: TransactionAnswer,
  ) {}

  async charge(
    written: WrittenTransaction,
    caller: Caller,
    claim: IdempotencyClaim,
    httpStatus: number,
  ): Promise<TransactionDto> {
    const run = this.runOf(written, caller, claim, httpStatus);
    const attemptNo = 1;
    const verdict = await this.routing.charge(written.transaction, attemptNo);
    await failpoint('charge.after_provider');
    const answer = await this.settle(written.transaction, verdict, attemptNo, run);
    await failpoint('charge.after_outcome');
    return answer;
  }

  async cancel(
    written: WrittenTransaction,
    caller: Caller,
    claim: IdempotencyClaim,
    httpStatus: number,
  ): Promise<TransactionDto> {
    const { transaction } = written;
    const attempt = await this.transactions.lastAttempt(transaction);
    if (attempt.sends > 0 && !this.routing.canCancel(transaction)) {
      return this.answerNow(written, claim, httpStatus);
    }
    const run = this.runOf(written, caller, claim, httpStatus);
    const verdict = await this.routing.cancel(transaction, attempt);
    await failpoint('cancel.after_provider');
    const answer = await this.settle(transaction, verdict, attempt.attemptNo, run);
    await failpoint('cancel.after_outcome');
    return answer;
  }

  /** Answers a request whose payment needs no provider, and keeps the answer. */
  async answerNow(
    { transaction }: Pick<WrittenTransaction, 'transaction'>,
    claim: IdempotencyClaim,
    httpStatus: number,
  ): Promise<TransactionDto> {
    const answer = await this.answer.of(transaction);
    await this.idempotency.storeAnswer(claim, httpStatus, JSON.stringify(answer));
    await failpoint('answer.after_store');
    return answer;
  }

  /**
   * Answers a request whose key was claimed before: with the first answer, or, where the first
   * request died, by finding out what became of its payment.
   */
  async resume(
    caller: Caller,
    claim: IdempotencyClaim,
    httpStatus: number,
  ): Promise<TransactionDto> {
    const id = await this.idempotency.recall(claim);
    const found = id && (await this.transactions.findNow(claim.partnerId, id));
    if (!found) throw new ApiError('idempotency_request_in_progress', { retryAfterSeconds: 1 });
    const { transaction } = found;
    if (transaction.status !== 'processing') return this.answerNow(found, claim, httpStatus);
    const run = this.runOf(found, caller, claim, httpStatus);
    const attempt = await this.transactions.lastAttempt(transaction);
    if (attempt.sends === 0 && transaction.cancelRequestedAt === null) {
      return this.answerOf(await this.chain.goOn(transaction, run), run);
    }
    const verdict = await this.routing.synchronise(transaction, attempt);
    await failpoint('resume.after_provider');
    const answer = await this.settle(transaction, verdict, attempt.attemptNo, run);
    await failpoint('resume.after_outcome');
    return answer;
  }

  private runOf(
    { databaseTime }: WrittenTransaction,
    { requestId }: Caller,
    claim: IdempotencyClaim,
    httpStatus: number,
  ): WaitingRun {
    const waiting = { claim, httpStatus, now: databaseClock(databaseTime) };
    return { requestId, waiting, leasedUntilMs: performance.now() + this.idempotency.leaseMs };
  }

  private async settle(
    transaction: Transaction,
    verdict: Verdict,
    attemptNo: number,
    run: WaitingRun,
  ): Promise<TransactionDto> {
    return this.answerOf(await this.chain.settle(transaction, verdict, attemptNo, run), run);
  }

  /** What was settled is answered with it. What goes on elsewhere is answered as it stands. */
  private async answerOf({ transaction, isUnderWay }: Left, run: WaitingRun) {
    if (!isUnderWay) return this.answer.of(transaction);
    const { claim, httpStatus } = run.waiting;
    const found = await this.transactions.findNow(claim.partnerId, transaction.id);
    return this.answerNow(found ?? { transaction }, claim, httpStatus);
  }
}
