import type { ProviderCode, RefundOutcome } from '@libs/providers';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { nextSyncMs } from '../transactions/index.js';
import type { Refund } from './refund.entity.js';
import { RefundsRepository } from './refunds.repository.js';

const reason = 'Refunded at the provider';

/** The payment that the provider refunded. */
interface RefundedPayment {
  id: string;
  partnerId: string;
  provider: ProviderCode;
}

/** A refund as its provider tells of it. Decimal string in major units. */
interface ToldRefund {
  providerRefundId: string;
  amount: string;
  outcome: RefundOutcome;
}

/** Refunds that somebody made at the provider itself, as in its dashboard. */
@Injectable()
export class ExternalRefunds {
  constructor(private readonly refunds: RefundsRepository) {}

  /**
   * Records a refund as under way or completed, even beyond what is left: its money has moved. One that failed
   * is under way until it is settled.
   *
   * @returns `undefined` when it is recorded already, or the payment is not completed
   */
  record(payment: RefundedPayment, told: ToldRefund): Promise<Refund | undefined> {
    const { providerRefundId, amount, outcome } = told;
    const status = outcome.status === 'completed' ? 'completed' : 'processing';
    return this.refunds.insertExternal({
      id: uuidv7(),
      transactionId: payment.id,
      partnerId: payment.partnerId,
      provider: payment.provider,
      ...{ providerRefundId, amount, reason, status },
      nextSyncInMs: status === 'processing' ? nextSyncMs(null, 0) : null,
    });
  }
}
