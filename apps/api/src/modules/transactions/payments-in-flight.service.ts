import { Injectable } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import { ApiError } from '../../errors/api-error.js';
import type { Caller, IdempotencyClaim } from '../../http/request.js';
import { databaseClock } from '../../platform/database-clock.js';
import { IdempotencyService } from '../idempotency/index.js';
import { RoutingService } from './routing.service.js';
import { SettlementService } from './settlement.service.js';
import { TransactionAnswer } from './transaction-answer.service.js';
import type { TransactionDto } from './transaction.dto.js';
import type { Transaction } from './transaction.entity.js';
import { TransactionsRepository, type WrittenTransaction } from './transactions.repository.js';
import { actorOf, type Verdict } from './verdict.js';

/** Takes a recorded payment to its answer. No database transaction is open while it does. */
@Injectable()
export class PaymentsInFlight {
  constructor(
    private readonly transactions: TransactionsRepository,
    private readonly routing: RoutingService,
    private readonly settlement: SettlementService,
    private readonly idempotency: IdempotencyService,
    private readonly answer: TransactionAnswer,
  ) {}

  async charge(
    written: WrittenTransaction,
    caller: Caller,
    claim: IdempotencyClaim,
    httpStatus: number,
  ): Promise<TransactionDto> {
    const now = databaseClock(written.databaseTime);
    const attemptNo = 1;
    const verdict = await this.routing.charge(written.transaction, attemptNo);
    failpoint('charge.after_provider');
    const waiting = { claim, httpStatus, at: now() };
    const answer = await this.settle(written.transaction, verdict, attemptNo, caller, waiting);
    failpoint('charge.after_outcome');
    return answer;
  }

  async cancel(
    written: WrittenTransaction,
    caller: Caller,
    claim: IdempotencyClaim,
    httpStatus: number,
  ): Promise<TransactionDto> {
    if (!this.routing.canCancel(written.transaction)) {
      return this.answerNow(written, claim, httpStatus);
    }
    const now = databaseClock(written.databaseTime);
    const attempt = await this.transactions.lastAttempt(written.transaction);
    const verdict = await this.routing.cancel(written.transaction, attempt);
    failpoint('cancel.after_provider');
    const waiting = { claim, httpStatus, at: now() };
    const { transaction } = written;
    const answer = await this.settle(transaction, verdict, attempt.attemptNo, caller, waiting);
    failpoint('cancel.after_outcome');
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
    failpoint('answer.after_store');
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
    const now = databaseClock(found.databaseTime);
    const attempt = await this.transactions.lastAttempt(transaction);
    const verdict = await this.routing.synchronise(transaction, attempt);
    failpoint('resume.after_provider');
    const waiting = { claim, httpStatus, at: now() };
    const answer = await this.settle(transaction, verdict, attempt.attemptNo, caller, waiting);
    failpoint('resume.after_outcome');
    return answer;
  }

  private async settle(
    transaction: Transaction,
    verdict: Verdict,
    attemptNo: number,
    { requestId }: Caller,
    waiting: { claim: IdempotencyClaim; httpStatus: number; at: Date },
  ): Promise<TransactionDto> {
    const context = { attemptNo, actor: actorOf(verdict), requestId, waiting };
    return this.answer.of(await this.settlement.settle(transaction, verdict, context));
  }
}
