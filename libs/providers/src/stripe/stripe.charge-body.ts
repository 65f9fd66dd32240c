import type Stripe from 'stripe';
import type { ChargeIntent } from '../port.js';
import { toStripeAmount } from './stripe.amounts.js';

/**
 * What a charge says to `POST /v1/payment_intents`: nothing that is not needed.
 *
 * Stripe refuses to confirm without a `return_url` unless methods that always redirect are left out, so that is what
 * a payment without one asks for. With one, Stripe's own default holds: whatever the token is.
 */
export function toChargeBody(intent: ChargeIntent): Stripe.PaymentIntentCreateParams {
  return {
    amount: toStripeAmount(intent.amount, intent.currency),
    currency: intent.currency.toLowerCase(),
    confirm: true,
    ...instrumentOf(intent.paymentMethodToken),
    ...mandateOf(intent),
    metadata: { transaction_id: intent.transactionId, attempt_key: intent.idempotencyKey },
    ...(intent.description ? { description: intent.description } : {}),
    ...(intent.returnUrl
      ? { return_url: intent.returnUrl }
      : { automatic_payment_methods: { enabled: true, allow_redirects: 'never' } }),
  };
}

/** A card's token is no PaymentMethod: Stripe makes one of it. The SDK's types leave `card` out, the API takes it. */
function instrumentOf(token: string | undefined): Partial<Stripe.PaymentIntentCreateParams> {
  if (!token?.startsWith('tok_')) return { payment_method: token };
  const data = { type: 'card' as const, card: { token } };
  return { payment_method_data: data };
}

/**
 * A bank debits only under a mandate: the payer's acceptance in their browser. It is claimed only where the partner
 * described that browser, since the other user agent may be the partner's own. Without one Stripe takes the debit only
 * if the method has a mandate from before.
 */
function mandateOf({
  paymentMethod,
  payer: { ipAddress, browser },
}: ChargeIntent): Partial<Stripe.PaymentIntentCreateParams> {
  const userAgent = browser?.['user_agent'];
  if (paymentMethod !== 'bank_transfer' || !ipAddress) return {};
  if (typeof userAgent !== 'string' || userAgent === '') return {};
  const online = { ip_address: ipAddress, user_agent: userAgent };
  return { mandate_data: { customer_acceptance: { type: 'online', online } } };
}
