import { InvalidWebhookError, ProviderError } from '../port.js';
import type {
  ChargeIntent,
  PaymentProvider,
  ProviderFact,
  ProviderOutcome,
  RefundIntent,
  RefundOutcome,
} from '../port.js';

/** Sends nothing anywhere: an operator completes or fails what it leaves in `processing`. */
export class ManualProvider implements PaymentProvider {
  readonly code = 'manual';

  async charge(intent: ChargeIntent): Promise<ProviderOutcome> {
    return {
      status: 'processing',
      providerTransactionId: idOf(intent.idempotencyKey),
      response: {},
    };
  }

  async cancel(): Promise<never> {
    throw new ProviderError('rejected', 'money may be on its way: only people settle it');
  }

  async refund(intent: RefundIntent): Promise<RefundOutcome> {
    return { status: 'processing', providerRefundId: idOf(intent.refundId), response: {} };
  }

  async fetch(): Promise<'unsupported'> {
    return 'unsupported';
  }

  async resume(): Promise<'unsupported'> {
    return 'unsupported';
  }

  async fetchRefund(): Promise<'unsupported'> {
    return 'unsupported';
  }

  async parseWebhook(): Promise<ProviderFact[]> {
    throw new InvalidWebhookError('the manual provider sends no webhooks');
  }
}

function idOf(key: string): string {
  return `manual_${key}`;
}
