import type { ProviderAccount } from '@libs/providers';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { IdempotencyClaim } from '../../http/request.js';
import { IdempotencyService } from '../idempotency/index.js';
import { PaymentAlarms } from './payment-alarms.service.js';
import { ProviderChoice } from './provider-choice.service.js';
import {
  foretell,
  isDoubtful,
  isPaid,
  isPaidTwice,
  nextStatus,
  planSettlement,
  providerActor,
  tookTheAmount,
} from './settlement-plan.js';
import { TransactionAnswer } from './transaction-answer.service.js';
import type { TransactionAttempt } from './transaction-attempt.entity.js';
import type { Transaction } from './transaction.entity.js';
import type { ActorClass } from './transaction.machine.js';
import { TransactionsRepository } from './transactions.repository.js';
import {
  heldVerdict,
  isUnknown,
  mayGoElsewhere,
  promiseOf,
  unknownVerdict,
  type Verdict,
} from './verdict.js';

/** Who settles, and for which waiting request. */
export interface SettlementContext {
  attemptNo: number;
  actor: ActorClass;
  requestId?: string;
  /** The request that waits for the outcome: its answer is stored together with it. */
  waiting?: Waiting;
  /** How long the caller keeps the payment to itself when it goes on to another provider. */
  goesOnForMs?: number;
}

interface Waiting {
  claim: IdempotencyClaim;
  httpStatus: number;
  /** The moment of the verdict by the database's clock, so that the answer can be foretold. */
  at: Date;
}

const maxRounds = 5;

/** The only place that changes a payment after it was recorded: its status, and who is asked next. */
@Injectable()
export class SettlementService {
  constructor(
    private readonly transactions: TransactionsRepository,
    private readonly choice: ProviderChoice,
    private readonly idempotency: IdempotencyService,
    private readonly answer: TransactionAnswer,
    private readonly alarms: PaymentAlarms,
  ) {}

  /**
   * Records what a provider said of a payment.
   *
   * A verdict that the payment may not take any more, because a later one came first, changes
   * nothing: the row stays as it is and is returned. A definite failure that another provider may
   * repair opens the next attempt instead; nothing is stored for a waiting request then.
   *
   * @returns the payment as it is now, and as the stored answer of a waiting request shows it
   */
  async settle(
    transaction: Transaction,
    verdict: Verdict,
    context: SettlementContext,
  ): Promise<Transaction> {
    let told = await this.check(transaction, verdict, context);
    let current = transaction;
    for (let round = 0; round < maxRounds; round++) {
      const settled = await this.write(current, told, context);
      if (settled) return settled;
      const found = await this.transactions.find(transaction.partnerId, transaction.id);
      if (!found) throw new Error(`transaction ${transaction.id} is gone`);
      // Refused at the version that was decided on: there is more than the one call that was heard of.
      const isDisproved = found.version === current.version && told.presumedSends !== null;
      if (isDisproved) told = unknownVerdict(told.errorMessage);
      current = found;
    }
    throw new Error(`transaction ${transaction.id} changed ${maxRounds} times while it settled`);
  }

  /** What another amount was taken for is never completed. */
  private async check(
    transaction: Transaction,
    verdict: Verdict,
    { attemptNo }: SettlementContext,
  ): Promise<Verdict> {
    if (verdict.status !== 'completed' || tookTheAmount(transaction, verdict.money)) return verdict;
    await this.alarms.mismatch(transaction, verdict, attemptNo);
    const { providerTransactionId, money } = verdict;
    const message = `the provider took ${money?.amount} ${money?.currency}`;
    return { ...unknownVerdict(message), providerTransactionId };
  }

  private async write(
    transaction: Transaction,
    verdict: Verdict,
    context: SettlementContext,
  ): Promise<Transaction | undefined> {
    const { retryCount } = transaction;
    if (retryCount > 0 && (context.attemptNo <= retryCount || isPaid(transaction))) {
      return this.writeLate(transaction, verdict, context);
    }
    if (isDoubtful(transaction, verdict)) return this.writePromise(transaction, verdict, context);
    const next = mayGoElsewhere(verdict) ? await this.choice.next(transaction) : undefined;
    if (next) return this.failOver(transaction, verdict, context, next);
    return this.writeStatus(transaction, verdict, context, undefined);
  }

  /** A promise is worth nothing once it was undone, and not yet the money while that is being asked for. */
  private async writePromise(
    transaction: Transaction,
    verdict: Verdict,
    context: SettlementContext,
  ): Promise<Transaction | undefined> {
    const attempts = await this.transactions.attempts(transaction.partnerId, transaction.id);
    const told = promiseOf(attempts.find(({ attemptNo }) => attemptNo === context.attemptNo));
    if (told === 'undone') return this.keep(transaction, context);
    const isKept = told === 'kept' || transaction.status !== 'processing';
    const weighed = isKept ? verdict : heldVerdict(verdict);
    return this.writeStatus(transaction, weighed, context, undefined);
  }

  private failOver(
    transaction: Transaction,
    verdict: Verdict,
    { attemptNo, actor, requestId, goesOnForMs = 0 }: SettlementContext,
    to: ProviderAccount,
  ): Promise<Transaction | undefined> {
    return this.transactions.failOver({
      ...{ transaction, verdict, attemptNo, requestId, to },
      attemptId: uuidv7(),
      actor: actor === 'provider' ? providerActor(transaction) : actor,
      nextSyncInMs: Math.round(goesOnForMs),
    });
  }

  private async writeStatus(
    transaction: Transaction,
    verdict: Verdict,
    context: SettlementContext & { isAlone?: boolean },
    toldBy: TransactionAttempt | undefined,
  ): Promise<Transaction | undefined> {
    const status = nextStatus(transaction, verdict, context.actor);
    if (status === undefined) {
      if (isPaidTwice(transaction, verdict)) {
        const { provider, providerAccount } = transaction;
        const told = { provider, providerAccount, attemptNo: context.attemptNo };
        await this.alarms.secondCharge(transaction, verdict, told);
      }
      return this.keep(transaction, context);
    }
    const { waiting } = context;
    const plan = { transaction, verdict, status, toldBy, at: waiting?.at };
    const row = planSettlement({ ...plan, ...context });
    await this.alarms.beforeSettling(row);
    if (!waiting) {
      return (await this.transactions.settle({ ...row, answer: undefined }))?.transaction;
    }
    const foretold = foretell(row, waiting.at);
    const body = JSON.stringify(await this.answer.of(foretold));
    const answer = { ...this.idempotency.seal(waiting.claim, body), ...waiting };
    const settled = await this.transactions.settle({ ...row, answer });
    if (settled && !settled.answered) await this.idempotency.recall(waiting.claim);
    return settled && foretold;
  }

  /**
   * The word on an attempt that does not decide any more. That it took the money after all still
   * counts: for the payment while nobody else has paid it, and else as taken twice.
   */
  private async writeLate(
    transaction: Transaction,
    verdict: Verdict,
    context: SettlementContext,
  ): Promise<Transaction | undefined> {
    const { partnerId, id } = transaction;
    const attempts = await this.transactions.attempts(partnerId, id);
    const told = attempts.find(({ attemptNo }) => attemptNo === context.attemptNo);
    const isOpen = verdict.attempt === 'in_flight' || verdict.attempt === 'processing';
    if (!told || isUnknown(verdict) || isOpen) return this.keep(transaction, context);
    const taken = verdict.status === 'completed';
    if (isPaid(transaction)) {
      const plan = { transaction, verdict, status: transaction.status, toldBy: told };
      const row = planSettlement({ ...plan, at: undefined, ...context });
      const isSecond = taken && told.status !== 'completed';
      if (isSecond) await this.alarms.secondCharge(transaction, verdict, told);
      const recorded = await this.transactions.recordBeside(row);
      return this.keep(recorded ?? transaction, context);
    }
    if (!taken) return this.keep(transaction, context);
    const known = verdict.providerTransactionId ?? told.providerTransactionId;
    const named = { ...verdict, providerTransactionId: known };
    // Whoever sends the next attempt meanwhile lets this one be decided on once more.
    const mayTakeIt = attempts.some(isAtProvider);
    if (mayTakeIt) await this.alarms.secondCharge(transaction, named, told);
    return this.writeStatus(transaction, named, { ...context, isAlone: !mayTakeIt }, told);
  }

  /** The verdict came too late to matter; whoever waits gets the payment as it is. */
  private async keep(transaction: Transaction, { waiting, attemptNo }: SettlementContext) {
    const isUnderWay = transaction.status === 'processing' && transaction.retryCount >= attemptNo;
    if (waiting && !isUnderWay) {
      const body = JSON.stringify(await this.answer.of(transaction));
      await this.idempotency.storeAnswer(waiting.claim, waiting.httpStatus, body);
    }
    return transaction;
  }
}

/** Whether an attempt may still take money. */
function isAtProvider({ finishedAt, sends }: TransactionAttempt): boolean {
  return finishedAt === null && sends > 0;
}
