import { createHash } from 'node:crypto';
import { ProviderError } from '../port.js';
import type {
  ChargeIntent,
  PaymentProvider,
  PaymentReference,
  ProviderFact,
  ProviderOutcome,
  RefundIntent,
  RefundOutcome,
} from '../port.js';
import { toAdyenAmount } from './adyen.amounts.js';
import { AdyenClient } from './adyen.client.js';
import { toFact } from './adyen.facts.js';
import { toCancelOutcome, toPaymentOutcome, toRefundOutcome } from './adyen.outcomes.js';
import type { AdyenPayment } from './adyen.outcomes.js';
import { declineOfError } from './adyen.refusals.js';
import { toPaymentRequest } from './adyen.requests.js';
import type { AdyenSettings } from './adyen.settings.js';
import { verifiedItems } from './adyen.webhook.js';

/** One Adyen merchant account, by the Checkout API v72 (docs.adyen.com/api-explorer/Checkout/72/overview). */
export class AdyenProvider implements PaymentProvider {
  readonly code = 'adyen';
  private readonly client: AdyenClient;

  constructor(
    private readonly settings: AdyenSettings,
    timeoutMs: number,
  ) {
    this.client = new AdyenClient(settings, timeoutMs);
  }

  async charge(intent: ChargeIntent): Promise<ProviderOutcome> {
    const request = toPaymentRequest(intent, this.settings);
    const { payments } = await this.client.get();
    const { idempotencyKey } = intent;
    try {
      return toPaymentOutcome(await payments.payments(request, { idempotencyKey }));
    } catch (error) {
      const decline = error instanceof ProviderError && declineOfError(error.details.code);
      if (decline) return { status: 'declined', response: {}, ...decline };
      throw error;
    }
  }

  /** Adyen only says that it received the cancel; CANCELLATION or TECHNICAL_CANCEL says what became of it. */
  async cancel(reference: PaymentReference): Promise<ProviderOutcome> {
    const { idempotencyKey: paymentReference, providerTransactionId: id } = reference;
    const { merchantAccount } = this.settings;
    const { modifications } = await this.client.get();
    const body = { merchantAccount, reference: paymentReference };
    // Two calls, two keys: the second may find what came too late for the first.
    const received = id
      ? await modifications.cancelAuthorisedPaymentByPspReference(id, body, {
          idempotencyKey: `${paymentReference}.cancel`,
        })
      : await modifications.cancelAuthorisedPayment(
          { ...body, paymentReference },
          { idempotencyKey: `${paymentReference}.cancels` },
        );
    return toCancelOutcome(received, id);
  }

  async refund(intent: RefundIntent): Promise<RefundOutcome> {
    const { providerTransactionId: id, refundId, idempotencyKey } = intent;
    const { merchantAccount } = this.settings;
    const amount = toAdyenAmount(intent.amount, intent.currency);
    const body = { merchantAccount, amount, reference: refundId };
    const { modifications } = await this.client.get();
    const received = await modifications.refundCapturedPayment(id, body, { idempotencyKey });
    return toRefundOutcome(received);
  }

  /** Adyen has no call that reads a payment: replay the charge with its key, or wait for the webhook. */
  async fetch(): Promise<'unsupported'> {
    return 'unsupported';
  }

  /**
   * Hands in what the payer brought back. Anybody can bring back the result of another payment, so only an answer
   * that names this one is believed; else the webhook decides.
   */
  async resume(
    reference: PaymentReference,
    returned: Readonly<Record<string, string>>,
  ): Promise<ProviderOutcome | 'unsupported'> {
    const { redirectResult } = returned;
    if (!redirectResult) return 'unsupported';
    const digest = createHash('sha256').update(redirectResult).digest('hex').slice(0, 16);
    const idempotencyKey = `${reference.idempotencyKey}.${digest}`;
    const { payments } = await this.client.get();
    const details = { details: { redirectResult } };
    const payment = (await payments.paymentsDetails(details, { idempotencyKey })) as AdyenPayment;
    if (payment.merchantReference === reference.idempotencyKey) return toPaymentOutcome(payment);
    throw new ProviderError('outcome_unknown', 'Adyen spoke of another payment', {
      code: 'another_payment',
    });
  }

  async fetchRefund(): Promise<'unsupported'> {
    return 'unsupported';
  }

  async parseWebhook(
    _headers: Record<string, string | undefined>,
    rawBody: Buffer,
  ): Promise<ProviderFact[]> {
    const { hmacKey, merchantAccount } = this.settings;
    return verifiedItems(rawBody, hmacKey).map((item) => toFact(item, merchantAccount));
  }

  async warmUp(): Promise<void> {
    await this.client.get();
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
