import { InvalidWebhookError } from '../port.js';
import type { DisputePhase, ProviderFact } from '../port.js';
import { isObject, parseJsonObject } from '../transport.js';
import { unreadable } from '../unreadable.js';
import { fromPayPalMoney } from './paypal.amounts.js';
import { isResource, orderIdOf, parentOf } from './paypal.orders.js';
import type { PayPalCapture, PayPalOrder, PayPalRefund } from './paypal.orders.js';
import { toCaptureOutcome, toPaymentOutcome, toRefundOutcome } from './paypal.outcomes.js';

type Subject = ProviderFact['subject'];

/** What an event is about, and the capture of which only PayPal can tell the order. */
interface Reading {
  subject: Subject;
  unresolved?: string;
}

/** How a resolved dispute ended. RESOLVED_WITH_PAYOUT and NONE name no winner. */
const phases: Readonly<Record<string, DisputePhase>> = {
  RESOLVED_SELLER_FAVOUR: 'won',
  CANCELED_BY_BUYER: 'won',
  DENIED: 'won',
  RESOLVED_BUYER_FAVOUR: 'lost',
  ACCEPTED: 'lost',
};

/**
 * The fact of a verified event. Where a capture is `unresolved`, its id stands in the place of its order's.
 *
 * @throws InvalidWebhookError when the body is no event
 */
export function toFact(rawBody: Buffer): ProviderFact {
  const event = toEvent(rawBody);
  const { eventId, eventType, occurredAt } = event;
  return { eventId, eventType, occurredAt, ...toSafeReading(event) };
}

/** PayPal has signed it: one that can't be read is no reason to have it sent again. */
function toSafeReading(event: PayPalEvent): Reading {
  try {
    return toReading(event);
  } catch (error) {
    return about(unreadable(event.eventType, error));
  }
}

function toReading(event: PayPalEvent): Reading {
  const { eventType, resourceType, resource } = event;
  if (resourceType === 'dispute') return toDisputeReading(eventType, resource);
  if (!isResource(resource)) return about({ kind: 'other' });
  switch (resourceType) {
    case 'checkout-order':
      return about(toOrderSubject(resource));
    case 'capture':
      return about(toCaptureSubject(resource));
    case 'refund':
      return toRefundReading(resource);
    default:
      return about({ kind: 'other' });
  }
}

function about(subject: Subject): Reading {
  return { subject };
}

function toOrderSubject(order: PayPalOrder): Subject {
  return {
    kind: 'payment',
    ...namesOf(order.purchase_units?.[0] ?? {}),
    providerTransactionId: order.id,
    outcome: toPaymentOutcome(order),
  };
}

/** A capture without an order was not made by us. */
function toCaptureSubject(capture: PayPalCapture): Subject {
  const orderId = orderIdOf(capture);
  if (!orderId) return { kind: 'other' };
  return {
    kind: 'payment',
    ...namesOf(capture),
    providerTransactionId: orderId,
    outcome: toCaptureOutcome(capture, orderId),
  };
}

/**
 * A refund names its capture, not its order. Ours carry the order's id; of one that was made at PayPal, or of a
 * reversal, PayPal has to be asked.
 */
function toRefundReading(refund: PayPalRefund): Reading {
  const { id, custom_id: custom = '', links, amount } = refund;
  const refundId = uuidOf(refund.invoice_id);
  const captureId = parentOf(links, 'captures');
  const orderId = refundId && /^[A-Z0-9]{1,36}$/.test(custom) ? custom : undefined;
  const providerTransactionId = orderId ?? captureId;
  if (!providerTransactionId) return about({ kind: 'other' });
  return {
    subject: {
      kind: 'refund',
      refundId,
      providerTransactionId,
      providerRefundId: id,
      ...fromPayPalMoney(amount),
      outcome: toRefundOutcome(refund),
    },
    ...(orderId ? {} : { unresolved: captureId }),
  };
}

interface PayPalDispute {
  dispute_id?: string;
  reason?: string;
  dispute_amount?: unknown;
  dispute_outcome?: { outcome_code?: string };
  disputed_transactions?: { seller_transaction_id?: string; custom?: string }[];
}

function toDisputeReading(eventType: string, dispute: PayPalDispute): Reading {
  const { dispute_id: id, reason = '', dispute_amount: amount, dispute_outcome } = dispute;
  const disputed = dispute.disputed_transactions?.[0];
  const captureId = disputed?.seller_transaction_id;
  const phase = phaseOf(eventType, dispute_outcome?.outcome_code ?? '');
  if (!id || !captureId || !phase) return about({ kind: 'other' });
  return {
    subject: {
      kind: 'dispute',
      transactionId: uuidOf(disputed.custom),
      providerTransactionId: captureId,
      providerDisputeId: id,
      phase,
      reason: reason.slice(0, 100),
      ...(amount === undefined ? {} : { money: fromPayPalMoney(amount) }),
    },
    unresolved: captureId,
  };
}

function phaseOf(eventType: string, outcomeCode: string): DisputePhase | undefined {
  if (eventType === 'CUSTOMER.DISPUTE.CREATED') return 'opened';
  if (eventType !== 'CUSTOMER.DISPUTE.RESOLVED') return undefined;
  return Object.hasOwn(phases, outcomeCode) ? phases[outcomeCode] : undefined;
}

/** The names that a charge gave its order. */
function namesOf({ custom_id, invoice_id }: Pick<PayPalCapture, 'custom_id' | 'invoice_id'>) {
  const transactionId = uuidOf(custom_id);
  const isKey = transactionId !== undefined && invoice_id?.startsWith(`${transactionId}.`);
  return { transactionId, idempotencyKey: isKey ? invoice_id : undefined };
}

/** Our ids are UUIDs; other software of the same account puts what it likes into these fields. */
function uuidOf(text: string | undefined): string | undefined {
  return text && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? text : undefined;
}

interface PayPalEvent {
  eventId: string;
  eventType: string;
  occurredAt: Date;
  resourceType: unknown;
  resource: Record<string, unknown>;
}

function toEvent(rawBody: Buffer): PayPalEvent {
  const { id, event_type, create_time, resource_type, resource } = parseJsonObject(rawBody) ?? {};
  const hasNames = typeof id === 'string' && typeof event_type === 'string';
  if (!hasNames || typeof create_time !== 'string' || !isObject(resource)) {
    throw new InvalidWebhookError('the body is no PayPal event');
  }
  const occurredAt = new Date(create_time);
  if (Number.isNaN(occurredAt.getTime())) throw new InvalidWebhookError('the event has no time');
  const names = { eventId: id.slice(0, 255), eventType: event_type.slice(0, 100) };
  return { ...names, occurredAt, resourceType: resource_type, resource };
}
