import { Injectable, Logger } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import { IdempotencyService } from '../idempotency/index.js';
import type { Refund } from './refund.entity.js';
import { RefundProvider } from './refund-provider.service.js';
import { RefundSettlement } from './refund-settlement.service.js';
import { RefundsRepository } from './refunds.repository.js';

const batchSize = 20;

/** Finds out what became of refunds whose outcome never reached us. */
@Injectable()
export class RefundRecovery {
  private readonly logger = new Logger('RefundRecovery');

  constructor(
    private readonly refunds: RefundsRepository,
    private readonly provider: RefundProvider,
    private readonly settlement: RefundSettlement,
    private readonly idempotency: IdempotencyService,
  ) {}

  /** @returns how many refunds were looked at */
  async run(): Promise<number> {
    const due = await this.refunds.claimDue(batchSize, this.idempotency.leaseMs);
    if (due.length > 0) await failpoint('refund_recovery.after_claim');
    await Promise.all(
      due.map((refund) =>
        this.recover(refund).catch((error: unknown) => {
          this.logger.error(`refund ${refund.id}: ${String(error)}`);
        }),
      ),
    );
    return due.length;
  }

  private async recover(refund: Refund): Promise<void> {
    const verdict = await this.provider.synchronise(refund);
    await failpoint('refund_recovery.after_provider');
    const settled = await this.settlement.settle(refund, verdict, {});
    await failpoint('refund_recovery.after_outcome');
    this.logger.log(`refund ${refund.id} is ${settled.status}`);
  }
}
