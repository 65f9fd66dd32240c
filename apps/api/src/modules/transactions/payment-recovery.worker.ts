import { Injectable, Logger } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import { IdempotencyService } from '../idempotency/index.js';
import { AttemptChain, type Left, type Run } from './attempt-chain.service.js';
import { RoutingService } from './routing.service.js';
import { TransactionsRepository } from './transactions.repository.js';
import type { TransactionAttempt } from './transaction-attempt.entity.js';
import type { Transaction } from './transaction.entity.js';

const batchSize = 20;

/** Finds out what became of payments whose outcome never reached us. */
@Injectable()
export class PaymentRecovery {
  private readonly logger = new Logger('PaymentRecovery');

  constructor(
    private readonly transactions: TransactionsRepository,
    private readonly routing: RoutingService,
    private readonly chain: AttemptChain,
    private readonly idempotency: IdempotencyService,
  ) {}

  /** @returns how many payments were looked at */
  async run(): Promise<number> {
    const { leaseMs } = this.idempotency;
    const leasedUntilMs = performance.now() + leaseMs;
    const due = await this.transactions.claimDue(batchSize, leaseMs);
    if (due.length > 0) await failpoint('payment_recovery.after_claim');
    await Promise.all(
      due.map((transaction) =>
        this.recover(transaction, { leasedUntilMs }).catch((error: unknown) => {
          this.logger.error(`transaction ${transaction.id}: ${String(error)}`);
        }),
      ),
    );
    return due.length + (await this.transactions.cancelExpired(batchSize));
  }

  private async recover(transaction: Transaction, run: Run): Promise<void> {
    const attempt = await this.transactions.lastAttempt(transaction);
    const left = await this.goOnFrom(transaction, attempt, run);
    await failpoint('payment_recovery.after_outcome');
    this.logger.log(`transaction ${transaction.id} is ${left.transaction.status}`);
  }

  private async goOnFrom(
    transaction: Transaction,
    attempt: TransactionAttempt,
    run: Run,
  ): Promise<Left> {
    if (attempt.sends === 0 && transaction.cancelRequestedAt === null) {
      return this.chain.goOn(transaction, run);
    }
    const verdict = await this.routing.synchronise(transaction, attempt);
    await failpoint('payment_recovery.after_provider');
    return this.chain.settle(transaction, verdict, attempt.attemptNo, run);
  }
}
