import { ProviderError } from '../port.js';
import type { ProviderOutcome, RefundOutcome, UnnamedAnswer } from '../port.js';
import { isObject } from '../transport.js';
import { fromAdyenAmount } from './adyen.amounts.js';
import { toDecline } from './adyen.refusals.js';
import type { AdyenRefusal } from './adyen.refusals.js';

/** The fields that we read of what `/payments` and `/payments/details` answer. */
export interface AdyenPayment extends AdyenRefusal {
  resultCode?: string;
  pspReference?: string;
  merchantReference?: string;
  amount?: unknown;
  action?: unknown;
  paymentMethod?: { brand?: string; type?: string } | null;
}

/** The fields that we read of the answer to a modification. */
export interface AdyenModification {
  status?: string;
  pspReference?: string;
}

/**
 * What an answer says of a payment (docs.adyen.com/online-payments/payment-result-codes).
 *
 * @throws ProviderError `outcome_unknown` when it is no answer about a payment
 */
export function toPaymentOutcome(payment: AdyenPayment): ProviderOutcome {
  const { resultCode, refusalReasonCode } = payment;
  const answer = toAnswer(payment);
  switch (resultCode) {
    case 'Authorised':
      return {
        ...answer,
        providerTransactionId: idOf(payment),
        status: 'completed',
        promise: 'made',
      };
    case 'Cancelled':
      if (refusalReasonCode) return { ...answer, status: 'declined', ...toDecline(payment) };
      return { ...answer, providerTransactionId: idOf(payment), status: 'cancelled' };
    case 'Refused':
    case 'Error':
      return { ...answer, status: 'declined', ...toDecline(payment) };
    case 'RedirectShopper':
    case 'ChallengeShopper':
    case 'IdentifyShopper':
    case 'PresentToShopper':
      return toNextAction(resultCode, payment.action, answer);
    case 'Received':
    case 'Pending':
    case 'AuthenticationFinished':
      return { ...answer, status: 'processing' };
    case undefined:
      throw new ProviderError(
        'outcome_unknown',
        'Adyen answered with something else than a payment',
      );
    default:
      return { ...answer, status: 'processing', unmapped: short(resultCode) };
  }
}

/** A refund was received: its verdict comes by webhook. */
export function toRefundOutcome(modification: AdyenModification): RefundOutcome {
  const { status, pspReference } = modification;
  const answer = {
    providerRefundId: idOf(modification),
    response: { status, pspReference },
  };
  if (status === 'received') return { ...answer, status: 'processing' };
  return { ...answer, status: 'processing', unmapped: short(status) };
}

/** A cancel was received: its verdict comes by webhook. */
export function toCancelOutcome(
  modification: AdyenModification,
  providerTransactionId: string | undefined,
): ProviderOutcome {
  const { status, pspReference } = modification;
  const response = { cancel_status: status, cancel_reference: pspReference };
  const unmapped = status === 'received' ? undefined : short(status);
  return { status: 'processing', providerTransactionId, unmapped, response };
}

/**
 * The page that the payer goes to. Whatever else Adyen asks of the payer (a fingerprint in their browser, a code to
 * scan, a form to post) is no address to send them to, and is shown as an unmapped status.
 */
function toNextAction(resultCode: string, action: unknown, answer: UnnamedAnswer): ProviderOutcome {
  const { type, url, method } = isObject(action) ? action : {};
  const isPage = type === 'redirect' && method !== 'POST' && isWebAddress(url);
  if (isPage)
    return { ...answer, status: 'requires_action', nextAction: { type: 'redirect', url } };
  return {
    ...answer,
    status: 'processing',
    unmapped: short(`${resultCode}:${typeof type === 'string' ? type : 'no action'}`),
  };
}

function toAnswer(payment: AdyenPayment): UnnamedAnswer {
  const { resultCode, pspReference, merchantReference, amount, paymentMethod, action } = payment;
  const { value, currency } = isObject(amount) ? amount : {};
  return {
    providerTransactionId: pspReference,
    money: fromAdyenAmount(amount),
    response: {
      ...{ resultCode, pspReference, merchantReference, value, currency },
      payment_method: paymentMethod?.type,
      brand: paymentMethod?.brand,
      action: isObject(action) ? action.type : undefined,
      refusalReason: payment.refusalReason?.slice(0, 300),
      refusalReasonCode: payment.refusalReasonCode,
    },
  };
}

function idOf({ pspReference }: { pspReference?: string }): string {
  if (pspReference && pspReference.length <= 255) return pspReference;
  throw new ProviderError('outcome_unknown', 'Adyen answered without a reference');
}

function short(value: unknown): string {
  return String(value).slice(0, 100);
}

function isWebAddress(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\//.test(value);
}
