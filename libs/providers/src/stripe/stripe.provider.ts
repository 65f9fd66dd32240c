import type Stripe from 'stripe';
import { ProviderError } from '../port.js';
import type {
  ChargeIntent,
  PaymentProvider,
  PaymentReference,
  ProviderFact,
  ProviderOutcome,
  RefundIntent,
  RefundOutcome,
  RefundReference,
} from '../port.js';
import { toStripeAmount } from './stripe.amounts.js';
import { toChargeBody } from './stripe.charge-body.js';
import { StripeClient } from './stripe.client.js';
import { toDecline } from './stripe.declines.js';
import { refundRefusals } from './stripe.error-codes.js';
import type { StripeSettings } from './stripe.settings.js';
import { stripeErrorFields, toProviderError } from './stripe.errors.js';
import { isPaymentIntent, toPaymentOutcome, toRefundOutcome } from './stripe.outcomes.js';
import { toFacts, verifyStripeSignature } from './stripe.webhook.js';

const mostResults = 100;

/** One Stripe account, by PaymentIntents (API version of the SDK, docs.stripe.com/api/payment_intents). */
export class StripeProvider implements PaymentProvider {
  readonly code = 'stripe';
  private readonly client: StripeClient;

  constructor(
    private readonly settings: StripeSettings,
    timeoutMs: number,
  ) {
    this.client = new StripeClient(settings, timeoutMs);
  }

  async charge(intent: ChargeIntent): Promise<ProviderOutcome> {
    const body = toChargeBody(intent);
    const stripe = await this.client.get();
    try {
      const { idempotencyKey } = intent;
      return toPaymentOutcome(await stripe.paymentIntents.create(body, { idempotencyKey }));
    } catch (error) {
      return declinedOrThrow(error);
    }
  }

  /** A payment that can't be cancelled any more is answered as it stands: `completed`, for one. */
  async cancel(reference: PaymentReference): Promise<ProviderOutcome> {
    const id = reference.providerTransactionId ?? (await this.search(reference))?.id;
    if (!id) throw new ProviderError('outcome_unknown', 'Stripe knows no such payment, or not yet');
    const stripe = await this.client.get();
    try {
      return toPaymentOutcome(await stripe.paymentIntents.cancel(id));
    } catch (error) {
      const { payment_intent: current } = stripeErrorFields(error);
      if (isPaymentIntent(current)) return toPaymentOutcome(current);
      throw toProviderError(error);
    }
  }

  async refund(intent: RefundIntent): Promise<RefundOutcome> {
    const body: Stripe.RefundCreateParams = {
      payment_intent: intent.providerTransactionId,
      amount: toStripeAmount(intent.amount, intent.currency),
      metadata: { refund_id: intent.refundId, transaction_id: intent.transactionId },
    };
    const stripe = await this.client.get();
    try {
      const { idempotencyKey } = intent;
      return toRefundOutcome(await stripe.refunds.create(body, { idempotencyKey }));
    } catch (error) {
      return refusedOrThrow(error);
    }
  }

  /**
   * By its id, else by a search for our metadata. Stripe's search runs about a minute behind, more in an outage
   * (docs.stripe.com/search): `not_found` without an id proves nothing. Replay with the same key instead.
   */
  async fetch(reference: PaymentReference): Promise<ProviderOutcome | 'not_found'> {
    const { providerTransactionId: id } = reference;
    if (!id) {
      const found = await this.search(reference);
      return found ? toPaymentOutcome(found) : 'not_found';
    }
    const stripe = await this.client.get();
    return foundOrThrow(async () => toPaymentOutcome(await stripe.paymentIntents.retrieve(id)));
  }

  /** Stripe goes on by itself after the payer acted. */
  resume(reference: PaymentReference): Promise<ProviderOutcome | 'not_found'> {
    return this.fetch(reference);
  }

  async fetchRefund(reference: RefundReference): Promise<RefundOutcome | 'not_found'> {
    const { providerRefundId: id } = reference;
    const stripe = await this.client.get();
    if (id) return foundOrThrow(async () => toRefundOutcome(await stripe.refunds.retrieve(id)));
    return foundOrThrow(async () => {
      const page = await stripe.refunds.list({
        payment_intent: reference.providerTransactionId,
        limit: mostResults,
      });
      const ours = page.data.find(({ metadata }) => metadata?.refund_id === reference.refundId);
      if (ours) return toRefundOutcome(ours);
      if (page.has_more)
        throw new ProviderError('outcome_unknown', 'too many refunds to look through');
      return 'not_found';
    });
  }

  async parseWebhook(
    headers: Record<string, string | undefined>,
    rawBody: Buffer,
  ): Promise<ProviderFact[]> {
    const { webhookSecret } = this.settings;
    verifyStripeSignature(headers['stripe-signature'], rawBody, webhookSecret, Date.now());
    return toFacts(rawBody);
  }

  async warmUp(): Promise<void> {
    await this.client.get();
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async search(reference: PaymentReference): Promise<Stripe.PaymentIntent | undefined> {
    const stripe = await this.client.get();
    const transactionId = reference.transactionId.replace(/['"\\]/g, '');
    try {
      const { data } = await stripe.paymentIntents.search({
        query: `metadata['transaction_id']:'${transactionId}'`,
        limit: mostResults,
      });
      return data.find(({ metadata }) => metadata?.attempt_key === reference.idempotencyKey);
    } catch (error) {
      throw toProviderError(error);
    }
  }
}

/** A 402 carries the payment as it stands; only one that waits for another method was declined. */
function declinedOrThrow(error: unknown): ProviderOutcome {
  const fields = stripeErrorFields(error);
  if (fields.statusCode !== 402) throw toProviderError(error);
  const { payment_intent: current } = fields;
  if (!isPaymentIntent(current)) return { status: 'declined', response: {}, ...toDecline(fields) };
  const outcome = toPaymentOutcome(current);
  if (current.status !== 'requires_payment_method') return outcome;
  return { ...outcome, status: 'declined', ...toDecline(fields) };
}

function refusedOrThrow(error: unknown): RefundOutcome {
  const { statusCode, code, message } = stripeErrorFields(error);
  const isRefusal = statusCode === 402 || (statusCode === 400 && refundRefusals.has(code ?? ''));
  if (!isRefusal) throw toProviderError(error);
  const raw = { code: code ?? 'unknown', message: (message ?? '').slice(0, 300) };
  return { status: 'failed', raw, response: {} };
}

async function foundOrThrow<Outcome>(look: () => Promise<Outcome>): Promise<Outcome | 'not_found'> {
  try {
    return await look();
  } catch (error) {
    if (stripeErrorFields(error).statusCode === 404) return 'not_found';
    throw toProviderError(error);
  }
}
