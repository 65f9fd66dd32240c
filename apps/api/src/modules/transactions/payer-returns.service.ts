import { Injectable, Logger } from '@nestjs/common';
import { ApiError } from '../../errors/api-error.js';
import { failpoint } from '../../failpoints.js';
import { IdempotencyService } from '../idempotency/index.js';
import { PaymentAlarms } from './payment-alarms.service.js';
import { ReturnLinks } from './return-links.service.js';
import { RoutingService } from './routing.service.js';
import { SettlementService } from './settlement.service.js';
import { firstSyncMs } from './sync-schedule.js';
import type { Transaction } from './transaction.entity.js';
import { TransactionsRepository } from './transactions.repository.js';
import { actorOf, isUnknown } from './verdict.js';

/** Takes in payers who come back from a provider's page, and sends them on to the partner's. */
@Injectable()
export class PayerReturns {
  private readonly logger = new Logger('PayerReturns');

  constructor(
    private readonly links: ReturnLinks,
    private readonly transactions: TransactionsRepository,
    private readonly routing: RoutingService,
    private readonly settlement: SettlementService,
    private readonly alarms: PaymentAlarms,
    private readonly idempotency: IdempotencyService,
  ) {}

  /**
   * Goes on with the payment, whatever becomes of that.
   *
   * @param returned what the provider added to the address
   * @returns where the payer's browser goes: the partner's own address, told the payment and its status
   * @throws ApiError for a token that we did not make
   */
  async comeBack(
    token: string,
    returned: Readonly<Record<string, string>>,
    requestId: string,
  ): Promise<string> {
    const link = this.links.read(token);
    const found = link && (await this.transactions.find(link.partnerId, link.transactionId));
    if (!found?.returnUrl) throw new ApiError('transaction_not_found');
    const current = await this.goOn(found, returned, requestId).catch((error: unknown) => {
      this.logger.error(`transaction ${found.id}: ${String(error)}`);
      return found;
    });
    const destination = new URL(found.returnUrl);
    destination.searchParams.set('transaction_id', current.id);
    destination.searchParams.set('status', current.status);
    return destination.href;
  }

  private async goOn(
    transaction: Transaction,
    returned: Readonly<Record<string, string>>,
    requestId: string,
  ): Promise<Transaction> {
    if (transaction.status !== 'processing' || transaction.cancelRequestedAt !== null) {
      return transaction;
    }
    const attempt = await this.transactions.lastAttempt(transaction);
    if (attempt.sends === 0) return transaction;
    // Before anybody is asked: the answer to a call that takes the money may be lost, and we with it.
    await this.lookSoon(transaction);
    const verdict = await this.routing.resume(transaction, attempt, returned);
    await failpoint('return.after_provider');
    if (!verdict || isUnknown(verdict)) {
      // A worker that looked meanwhile, before the money was taken, may have put it off.
      await this.lookSoon(transaction);
      return (await this.transactions.find(transaction.partnerId, transaction.id)) ?? transaction;
    }
    await this.alarms.unmapped(transaction, verdict);
    const settled = await this.settlement.settle(transaction, verdict, {
      ...{ attemptNo: attempt.attemptNo, actor: actorOf(verdict), requestId },
    });
    await failpoint('return.after_outcome');
    return settled;
  }

  /** Not sooner than a worker's lease ends that holds the payment now. */
  private async lookSoon(transaction: Transaction): Promise<void> {
    const inMs = Math.max(firstSyncMs, this.idempotency.leaseMs);
    await this.transactions.lookSoon(transaction, inMs);
  }
}
