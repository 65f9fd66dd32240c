import { ProviderError } from '../port.js';
import type { ProviderAnswer, ProviderOutcome, RefundOutcome } from '../port.js';
import { fromPayPalMoney } from './paypal.amounts.js';
import { toDecline } from './paypal.declines.js';
import { authenticationOf, capturesOf, isResource, linkOf } from './paypal.orders.js';
import type { PayPalCapture, PayPalOrder, PayPalRefund } from './paypal.orders.js';

/** The best that became of an order comes first: a payer may try a second instrument after the first was declined. */
const captureRanks = ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'PENDING'];

/**
 * What an order says of a payment. Its captures say it once there is one: an order is COMPLETED while its capture is
 * DECLINED.
 *
 * @throws ProviderError `outcome_unknown` when it is no order, or does not say which amount was taken
 */
export function toPaymentOutcome(value: unknown): ProviderOutcome {
  if (!isResource(value)) throw nonsense('an order');
  const order: PayPalOrder = value;
  const capture = decidingCapture(order);
  if (capture) return outcomeOf(capture, toAnswer(order, capture));
  const answer = toAnswer(order);
  switch (order.status) {
    case 'CREATED':
    case 'SAVED':
    case 'PAYER_ACTION_REQUIRED':
      return toNextAction(order, answer);
    case 'APPROVED':
      return toApproved(order, answer);
    case 'VOIDED':
      return { ...answer, status: 'cancelled' };
    default:
      return { ...answer, status: 'processing', unmapped: short(order.status) };
  }
}

/** What a capture says of the payment that its order is. */
export function toCaptureOutcome(capture: PayPalCapture, orderId: string): ProviderOutcome {
  return outcomeOf(capture, {
    providerTransactionId: orderId,
    money: fromPayPalMoney(capture.amount),
    response: { id: orderId, capture: summaryOf(capture) },
  });
}

/** The capture that says how an order stands, and that its refunds are made of. */
export function decidingCapture(order: PayPalOrder): PayPalCapture | undefined {
  const captures = capturesOf(order);
  const ranked = captureRanks.map((rank) => captures.find(({ status }) => status === rank));
  return ranked.find((capture) => capture !== undefined) ?? captures.at(-1);
}

/**
 * What a refund says of itself.
 *
 * @throws ProviderError `outcome_unknown` when it is no refund
 */
export function toRefundOutcome(value: unknown): RefundOutcome {
  if (!isResource(value)) throw nonsense('a refund');
  const { id, status, amount, create_time, status_details }: PayPalRefund = value;
  const reason = status_details?.reason;
  const response = { id, status, amount: fromPayPalMoney(amount), create_time, reason };
  const answer = { providerRefundId: id, response };
  switch (status) {
    case 'COMPLETED':
      return { ...answer, status: 'completed' };
    case 'PENDING':
      return { ...answer, status: 'processing' };
    case 'FAILED':
    case 'CANCELLED':
      return {
        ...answer,
        status: 'failed',
        raw: { code: short(reason ?? status), message: `the refund is ${status}` },
      };
    default:
      return { ...answer, status: 'processing', unmapped: short(status) };
  }
}

function outcomeOf(capture: PayPalCapture, answer: ProviderAnswer): ProviderOutcome {
  switch (capture.status) {
    case 'COMPLETED':
    case 'PARTIALLY_REFUNDED':
    case 'REFUNDED':
      if (answer.money) return { ...answer, status: 'completed' };
      throw new ProviderError('outcome_unknown', 'PayPal does not say which amount was taken');
    case 'PENDING':
      return { ...answer, status: 'processing' };
    case 'DECLINED':
    case 'FAILED':
      return { ...answer, status: 'declined', ...toCaptureDecline(capture) };
    default:
      return { ...answer, status: 'processing', unmapped: short(`capture ${capture.status}`) };
  }
}

function toCaptureDecline({ status, status_details, processor_response }: PayPalCapture) {
  const code = processor_response?.response_code ?? status_details?.reason ?? status;
  const adviceCode = processor_response?.payment_advice_code;
  return toDecline({ code, adviceCode, message: `the capture is ${status}` });
}

/** The page that the payer goes to: to approve a PayPal payment, or to authenticate with a card's issuer. */
function toNextAction(order: PayPalOrder, answer: ProviderAnswer): ProviderOutcome {
  const url = linkOf(order.links, ['payer-action', 'approve']);
  if (url && /^https?:\/\//.test(url)) {
    return { ...answer, status: 'requires_action', nextAction: { type: 'redirect', url } };
  }
  if (authenticationOf(order)) return toApproved(order, answer);
  return { ...answer, status: 'processing', unmapped: short(`${order.status} without a link`) };
}

/** PayPal would capture it even where the issuer found that it was not the card's holder, and leave the risk to us. */
function toApproved(order: PayPalOrder, answer: ProviderAnswer): ProviderOutcome {
  const authentication = authenticationOf(order) ?? '';
  if (!['N', 'R'].includes(authentication)) {
    return { ...answer, status: 'processing', resumable: true };
  }
  const message = "the card's issuer did not authenticate the payer";
  return {
    ...answer,
    status: 'declined',
    ...toDecline({ code: `3DS_${authentication}`, message }),
  };
}

function toAnswer(order: PayPalOrder, capture?: PayPalCapture): ProviderAnswer {
  const { id, status, intent, create_time, payer, purchase_units: units } = order;
  const amount = capture?.amount ?? units?.[0]?.amount;
  return {
    providerTransactionId: id,
    providerCustomerId: payer?.payer_id,
    ...(amount === undefined ? {} : { money: fromPayPalMoney(amount) }),
    response: { id, status, intent, create_time, ...(capture && { capture: summaryOf(capture) }) },
  };
}

function summaryOf(capture: PayPalCapture): Record<string, unknown> {
  const { id, status, create_time, status_details, processor_response } = capture;
  const { response_code, avs_code, cvv_code, payment_advice_code } = processor_response ?? {};
  return {
    ...{ id, status, create_time, reason: status_details?.reason },
    ...{ response_code, avs_code, cvv_code, payment_advice_code },
  };
}

function nonsense(expected: string): ProviderError {
  return new ProviderError(
    'outcome_unknown',
    `PayPal answered with something else than ${expected}`,
  );
}

function short(value: unknown): string {
  return String(value).slice(0, 100);
}
