import { Injectable } from '@nestjs/common';
import { isLivemode } from '../../livemode.js';
import { RefundsService } from '../refunds/index.js';
import { TransactionAnswer } from '../transactions/index.js';
import type { TakenDelivery } from './delivery-queue.repository.js';

export const apiVersion = 'v1';

/** Makes the body of a webhook: the event, and the resource as it is now. */
@Injectable()
export class WebhookBodies {
  constructor(
    private readonly transactions: TransactionAnswer,
    private readonly refunds: RefundsService,
  ) {}

  async of(delivery: TakenDelivery): Promise<string> {
    return JSON.stringify({
      id: delivery.id,
      type: delivery.type,
      timestamp: delivery.event_created_at.toISOString(),
      sequence: delivery.sequence,
      api_version: apiVersion,
      livemode: isLivemode(),
      data: { object: await this.objectOf(delivery), previous_status: delivery.from_status },
    });
  }

  /** What was deleted meanwhile is shown as little as by the API: its id alone. */
  private async objectOf(delivery: TakenDelivery): Promise<object> {
    const { partner_id: partnerId, transaction_id: transactionId, refund_id: refundId } = delivery;
    if (refundId !== null) {
      const refund = await this.refunds.find(partnerId, refundId);
      return refund ?? { object: 'refund', id: refundId, deleted: true };
    }
    const transaction = await this.transactions.find(partnerId, transactionId);
    return transaction ?? { object: 'transaction', id: transactionId, deleted: true };
  }
}
