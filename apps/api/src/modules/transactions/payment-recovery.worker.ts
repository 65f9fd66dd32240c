import { Injectable, Logger } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import { IdempotencyService } from '../idempotency/index.js';
import { RoutingService } from './routing.service.js';
import { SettlementService } from './settlement.service.js';
import { TransactionsRepository } from './transactions.repository.js';
import type { Transaction } from './transaction.entity.js';
import { actorOf } from './verdict.js';

const batchSize = 20;

/** Finds out what became of payments whose outcome never reached us. */
@Injectable()
export class PaymentRecovery {
  private readonly logger = new Logger('PaymentRecovery');

  constructor(
    private readonly transactions: TransactionsRepository,
    private readonly routing: RoutingService,
    private readonly settlement: SettlementService,
    private readonly idempotency: IdempotencyService,
  ) {}

  /** @returns how many payments were looked at */
  async run(): Promise<number> {
    const due = await this.transactions.claimDue(batchSize, this.idempotency.leaseMs);
    if (due.length > 0) failpoint('payment_recovery.after_claim');
    await Promise.all(
      due.map((transaction) =>
        this.recover(transaction).catch((error: unknown) => {
          this.logger.error(`transaction ${transaction.id}: ${String(error)}`);
        }),
      ),
    );
    return due.length + (await this.transactions.cancelExpired(batchSize));
  }

  private async recover(transaction: Transaction): Promise<void> {
    const attempt = await this.transactions.lastAttempt(transaction);
    const verdict = await this.routing.synchronise(transaction, attempt);
    failpoint('payment_recovery.after_provider');
    const context = { attemptNo: attempt.attemptNo, actor: actorOf(verdict) };
    const settled = await this.settlement.settle(transaction, verdict, context);
    failpoint('payment_recovery.after_outcome');
    this.logger.log(`transaction ${transaction.id} is ${settled.status}`);
  }
}
