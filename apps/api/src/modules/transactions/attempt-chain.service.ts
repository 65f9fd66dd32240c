import { Inject, Injectable } from '@nestjs/common';
import { type Config, CONFIG } from '../../config.js';
import { failpoint } from '../../failpoints.js';
import type { IdempotencyClaim } from '../../http/request.js';
import { PaymentAlarms } from './payment-alarms.service.js';
import { RoutingService } from './routing.service.js';
import { SettlementService } from './settlement.service.js';
import type { Transaction } from './transaction.entity.js';
import { TransactionsRepository } from './transactions.repository.js';
import { actorOf, type Verdict } from './verdict.js';

/** On whose behalf a payment goes from attempt to attempt, and for how long. */
export interface Run {
  requestId?: string;
  /** The request that waits for the outcome. */
  waiting?: { claim: IdempotencyClaim; httpStatus: number; now: () => Date };
  /** The moment of `performance.now()` at which somebody else may take the payment over. */
  leasedUntilMs: number;
}

/** Where a payment was left. */
export interface Left {
  transaction: Transaction;
  /** Whether it went on to an attempt that the worker, or somebody else, sends: nothing is answered yet. */
  isUnderWay: boolean;
}

/** Takes a payment from attempt to attempt until one decides. Unknown outcomes end it at once. */
@Injectable()
export class AttemptChain {
  constructor(
    private readonly transactions: TransactionsRepository,
    private readonly routing: RoutingService,
    private readonly settlement: SettlementService,
    private readonly alarms: PaymentAlarms,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Records what the provider of one attempt said, and goes on where it sends the payment elsewhere. */
  async settle(
    transaction: Transaction,
    verdict: Verdict,
    attemptNo: number,
    run: Run,
  ): Promise<Left> {
    const settled = await this.record(transaction, verdict, attemptNo, run);
    if (!hasGoneOn(settled, attemptNo)) return { transaction: settled, isUnderWay: false };
    await failpoint('failover.after_open');
    return this.goOn(settled, run);
  }

  /** Sends the attempt that nobody has sent, and those that follow it. */
  async goOn(transaction: Transaction, run: Run): Promise<Left> {
    let current = transaction;
    for (;;) {
      const attemptNo = current.retryCount + 1;
      const isOurs =
        this.leavesTimeForACall(run) && (await this.transactions.countCall(current, attemptNo, 0));
      await failpoint('failover.after_begin');
      if (!isOurs) return { transaction: current, isUnderWay: true };
      const verdict = await this.routing.charge(current, attemptNo);
      await failpoint('failover.after_provider');
      current = await this.record(current, verdict, attemptNo, run);
      await failpoint('failover.after_outcome');
      if (!hasGoneOn(current, attemptNo)) return { transaction: current, isUnderWay: false };
    }
  }

  private async record(
    transaction: Transaction,
    verdict: Verdict,
    attemptNo: number,
    run: Run,
  ): Promise<Transaction> {
    const { waiting, requestId } = run;
    await this.alarms.unmapped(transaction, verdict);
    return this.settlement.settle(transaction, verdict, {
      ...{ attemptNo, actor: actorOf(verdict), requestId },
      waiting: waiting && { ...waiting, at: waiting.now() },
      goesOnForMs: this.leavesTimeForACall(run) ? run.leasedUntilMs - performance.now() : 0,
    });
  }

  private leavesTimeForACall({ leasedUntilMs }: Run): boolean {
    return leasedUntilMs - performance.now() >= this.config.PROVIDER_TIMEOUT_MS;
  }
}

function hasGoneOn({ status, retryCount }: Transaction, attemptNo: number): boolean {
  return status === 'processing' && retryCount >= attemptNo;
}
