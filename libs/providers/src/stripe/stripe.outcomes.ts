import type Stripe from 'stripe';
import { ProviderError } from '../port.js';
import type { Money, ProviderAnswer, ProviderOutcome, RefundOutcome } from '../port.js';
import { fromStripeAmount } from './stripe.amounts.js';
import { toDecline } from './stripe.declines.js';

/**
 * What a PaymentIntent says of a payment.
 *
 * @throws ProviderError `outcome_unknown` when it is no PaymentIntent, or succeeded without saying what was taken
 */
export function toPaymentOutcome(value: unknown): ProviderOutcome {
  if (!isPaymentIntent(value)) {
    throw new ProviderError(
      'outcome_unknown',
      'Stripe answered with something else than a payment',
    );
  }
  const answer = toAnswer(value);
  switch (value.status) {
    case 'succeeded':
      if (answer.money) return { ...answer, status: 'completed' };
      throw new ProviderError(
        'outcome_unknown',
        'Stripe sent a success of an amount that makes no sense',
      );
    case 'canceled':
      return { ...answer, status: 'cancelled' };
    case 'requires_action':
    case 'requires_confirmation':
      return toNextAction(value, answer);
    case 'requires_payment_method':
      if (!value.last_payment_error) return { ...answer, status: 'processing' };
      return { ...answer, status: 'declined', ...toDecline(value.last_payment_error) };
    case 'processing':
    case 'requires_capture':
      return { ...answer, status: 'processing' };
    default:
      return { ...answer, status: 'processing', unmapped: short(value.status) };
  }
}

/**
 * What a Refund says of a refund.
 *
 * @throws ProviderError `outcome_unknown` when it is no Refund
 */
export function toRefundOutcome(value: unknown): RefundOutcome {
  if (!isRefund(value)) {
    throw new ProviderError('outcome_unknown', 'Stripe answered with something else than a refund');
  }
  const { id, object, amount, currency, created, failure_reason } = value;
  const status = String(value.status);
  const response = { id, object, status, amount, currency, created, failure_reason };
  const answer = { providerRefundId: id, response };
  switch (status) {
    case 'succeeded':
      return { ...answer, status: 'completed' };
    case 'pending':
    case 'requires_action':
      return { ...answer, status: 'processing' };
    case 'failed':
    case 'canceled': {
      const code = failure_reason ?? status;
      return { ...answer, status: 'failed', raw: { code, message: `the refund ${status}` } };
    }
    default:
      return { ...answer, status: 'processing', unmapped: short(status) };
  }
}

export function isPaymentIntent(value: unknown): value is Stripe.PaymentIntent {
  return hasIdAndObject(value, 'payment_intent');
}

export function isRefund(value: unknown): value is Stripe.Refund {
  return hasIdAndObject(value, 'refund');
}

export function isDispute(value: unknown): value is Stripe.Dispute {
  return hasIdAndObject(value, 'dispute');
}

/** Stripe gives an id, or the whole object when it was expanded. */
export function idOf(value: string | { id: string } | null | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.id;
}

/**
 * The page that the payer goes to: wallets, QR codes, vouchers and micro-deposits each have theirs. Without a `return_url` Stripe speaks to Stripe.js instead; what it says there is
 * not documented, but a 3-D Secure page is a plain address in it. Without either the payer can do nothing, which is
 * shown as an unmapped status.
 */
function toNextAction(intent: Stripe.PaymentIntent, answer: ProviderAnswer): ProviderOutcome {
  const type = intent.next_action?.type ?? 'no_action';
  const details: unknown = Object.entries(intent.next_action ?? {}).find(
    ([name]) => name === type,
  )?.[1];
  const url = pageOf(details);
  if (url) return { ...answer, status: 'requires_action', nextAction: { type: 'redirect', url } };
  return { ...answer, status: 'processing', unmapped: short(`${intent.status}:${type}`) };
}

function toAnswer(intent: Stripe.PaymentIntent): ProviderAnswer {
  const { id, object, status, amount, amount_received, currency, created, livemode } = intent;
  const error = intent.last_payment_error;
  return {
    providerTransactionId: id,
    providerCustomerId: idOf(intent.customer),
    money: moneyOf(status === 'succeeded' ? amount_received : amount, currency),
    response: {
      ...{ id, object, status, amount, amount_received, currency, created, livemode },
      latest_charge: idOf(intent.latest_charge),
      cancellation_reason: intent.cancellation_reason,
      next_action: intent.next_action?.type,
      error_code: error?.code,
      decline_code: error?.decline_code,
    },
  };
}

/**
 * An amount of Stripe's in our words; `undefined` for one that makes no sense, which is no reason to lose a
 * dispute or a decline.
 *
 * @param wire Stripe's integer
 */
export function moneyOf(wire: unknown, currency: unknown): Money | undefined {
  if (typeof wire !== 'number' || typeof currency !== 'string') return undefined;
  try {
    return { amount: fromStripeAmount(wire, currency), currency: currency.toUpperCase() };
  } catch (error) {
    if (error instanceof ProviderError) return undefined;
    throw error;
  }
}

function hasIdAndObject(value: unknown, object: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as { id?: unknown; object?: unknown };
  return fields.object === object && typeof fields.id === 'string' && fields.id.length <= 255;
}

/** What Stripe says, short enough to be stored. */
export function short(value: unknown): string {
  return String(value).slice(0, 100);
}

/** Where `next_action` has its page, by its type (docs.stripe.com/api/payment_intents/object, read 2026). */
const pageFields = [
  'url',
  'hosted_instructions_url',
  'hosted_voucher_url',
  'hosted_verification_url',
  'stripe_js',
];

function pageOf(details: unknown): string | undefined {
  if (typeof details !== 'object' || details === null) return undefined;
  const named = Object.entries(details).filter(([name]) => pageFields.includes(name));
  return named.map(([, value]) => webAddress(value)).find((url) => url !== undefined);
}

function webAddress(value: unknown): string | undefined {
  return typeof value === 'string' && /^https?:\/\//.test(value) ? value : undefined;
}
