import type { DisputePhase, ProviderFact, RefundOutcome } from '../port.js';
import { fromAdyenAmount } from './adyen.amounts.js';
import { toDecline } from './adyen.refusals.js';
import { signedText } from './adyen.webhook.js';
import type { AdyenItem } from './adyen.webhook.js';

type Subject = ProviderFact['subject'];

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const chargeReference = new RegExp(`^(${uuid})\\.\\d+$`);
const refundReference = new RegExp(`^${uuid}$`);
const signedFields = 8;

/** Where a dispute stands after an event (docs.adyen.com/risk-management/disputes-api/dispute-notifications). */
const disputePhases: Readonly<Record<string, DisputePhase>> = {
  NOTIFICATION_OF_CHARGEBACK: 'opened',
  CHARGEBACK: 'opened',
  CHARGEBACK_REVERSED: 'won',
  PREARBITRATION_WON: 'won',
  SECOND_CHARGEBACK: 'lost',
  PREARBITRATION_LOST: 'lost',
};
const lostStatuses = ['Lost', 'Accepted', 'Expired'];

/**
 * The fact in a verified item.
 *
 * @param merchantAccount ours: what another account's items say is not about our payments
 */
export function toFact(item: AdyenItem, merchantAccount: string): ProviderFact {
  const { pspReference, eventCode, success, eventDate } = item;
  return {
    eventId: `${pspReference}:${eventCode}:${success}`.slice(0, 255),
    eventType: eventCode.slice(0, 100),
    occurredAt: eventDate,
    subject: isOurs(item, merchantAccount) ? toSubject(item) : { kind: 'other' },
  };
}

/**
 * Adyen joins the signed fields by `:` and escapes none. With a `:` in a field the same signature fits other fields
 * too, so such an item says nothing. None of our references has one.
 */
function isOurs(item: AdyenItem, merchantAccount: string): boolean {
  const isUnambiguous = signedText({ ...item }).split(':').length === signedFields;
  return isUnambiguous && item.merchantAccountCode === merchantAccount;
}

function toSubject(item: AdyenItem): Subject {
  switch (item.eventCode) {
    case 'AUTHORISATION':
      return toAuthorisation(item);
    case 'CANCELLATION':
    case 'TECHNICAL_CANCEL':
      return toCancellation(item);
    case 'CANCEL_OR_REFUND':
      return toReversal(item);
    case 'CAPTURE':
      return item.success ? toCapture(item) : { kind: 'other' };
    case 'CAPTURE_FAILED':
      return toLostPayment(item);
    case 'REFUND':
      return toRefund(item, item.success);
    case 'REFUND_FAILED':
    case 'REFUNDED_REVERSED':
      return toRefund(item, false);
    default:
      return toDispute(item);
  }
}

/** Authorised is promised: it is captured by itself, unless it is cancelled before. */
function toAuthorisation(item: AdyenItem): Subject {
  const { pspReference: providerTransactionId, eventCode, success, reason } = item;
  const money = fromAdyenAmount(item.amount);
  if (success && !money) return noAmount(item);
  const answer = { providerTransactionId, money, response: { eventCode, success } };
  const outcome = success
    ? ({ ...answer, status: 'completed', promise: 'made' } as const)
    : ({ ...answer, status: 'declined', ...toDecline({ refusalReason: reason }) } as const);
  return { kind: 'payment', ...chargeOf(item), providerTransactionId, outcome };
}

/** The money was taken. Of captures that follow an authorisation by themselves Adyen tells only when one had failed. */
function toCapture(item: AdyenItem): Subject {
  const { originalReference: providerTransactionId, eventCode, success } = item;
  if (!providerTransactionId) return { kind: 'other' };
  const money = fromAdyenAmount(item.amount);
  if (!money) return noAmount(item);
  const response = { eventCode, success };
  const outcome = { status: 'completed', providerTransactionId, money, response } as const;
  return { kind: 'payment', ...chargeOf(item), providerTransactionId, outcome };
}

/** What stays as it is when a cancel fails is a payment that we know too little of. */
function toCancellation(item: AdyenItem): Subject {
  const { originalReference: providerTransactionId, eventCode, success } = item;
  if (!providerTransactionId) return { kind: 'other' };
  const answer = { providerTransactionId, response: { eventCode, success } };
  const outcome = success
    ? ({ ...answer, status: 'cancelled', promise: 'undone' } as const)
    : ({ ...answer, status: 'processing', promise: 'kept' } as const);
  return { kind: 'payment', ...chargeOf(item), providerTransactionId, outcome };
}

/** A cancel or a refund, whichever Adyen could still do; made outside of this system. */
function toReversal(item: AdyenItem): Subject {
  const action = item.additionalData['modification.action'];
  if (action === 'refund') return toRefund(item, item.success);
  return action === 'cancel' ? toCancellation(item) : { kind: 'other' };
}

/** Authorised, and the money never came. */
function toLostPayment(item: AdyenItem): Subject {
  const { originalReference: providerTransactionId, eventCode, reason } = item;
  if (!providerTransactionId) return { kind: 'other' };
  const outcome = {
    status: 'declined',
    promise: 'undone',
    providerTransactionId,
    money: fromAdyenAmount(item.amount),
    response: { eventCode },
    code: 'processing_error',
    retry: 'never',
    raw: { code: eventCode, message: reason.slice(0, 300) },
  } as const;
  return { kind: 'payment', ...chargeOf(item), providerTransactionId, outcome };
}

function toRefund(item: AdyenItem, isDone: boolean): Subject {
  const { pspReference: providerRefundId, originalReference, merchantReference, eventCode } = item;
  const money = fromAdyenAmount(item.amount);
  if (!originalReference) return { kind: 'other' };
  if (!money) return noAmount(item);
  const response = { eventCode, success: item.success };
  const message = item.reason.slice(0, 300);
  const outcome: RefundOutcome = isDone
    ? { status: 'completed', providerRefundId, response }
    : { status: 'failed', providerRefundId, response, raw: { code: eventCode, message } };
  return {
    kind: 'refund',
    refundId: refundReference.test(merchantReference) ? merchantReference : undefined,
    providerTransactionId: originalReference,
    providerRefundId,
    ...money,
    outcome,
  };
}

function noAmount({ eventCode }: AdyenItem): Subject {
  return { kind: 'unreadable', problem: `${eventCode.slice(0, 50)} without a proper amount` };
}

function toDispute(item: AdyenItem): Subject {
  const { eventCode, originalReference, pspReference, additionalData } = item;
  const usual = Object.hasOwn(disputePhases, eventCode) ? disputePhases[eventCode] : undefined;
  if (!usual || !originalReference) return { kind: 'other' };
  const isLost = lostStatuses.includes(String(additionalData.disputeStatus));
  return {
    kind: 'dispute',
    transactionId: chargeOf(item).transactionId,
    providerTransactionId: originalReference,
    providerDisputeId: pspReference,
    phase: eventCode === 'CHARGEBACK' && isLost ? 'lost' : usual,
    reason: (item.reason || eventCode).slice(0, 255),
    money: fromAdyenAmount(item.amount),
  };
}

/** Out of the merchant's reference, which is signed; the metadata is not. */
function chargeOf({ merchantReference }: AdyenItem) {
  const transactionId = chargeReference.exec(merchantReference)?.[1];
  return { transactionId, idempotencyKey: transactionId && merchantReference };
}
