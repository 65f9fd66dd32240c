import { InvalidWebhookError } from '../port.js';
import type { DisputePhase, ProviderFact } from '../port.js';
import { isObject, parseJsonObject } from '../transport.js';
import { fromPayPalMoney } from './paypal.amounts.js';
import { isResource, orderIdOf, parentOf } from './paypal.orders.js';
import type { PayPalCapture, PayPalOrder, PayPalRefund } from './paypal.orders.js';
import { toCaptureOutcome, toPaymentOutcome, toRefundOutcome } from './paypal.outcomes.js';

type Subject = ProviderFact['subject'];

/** Asks PayPal which order a capture belongs to; `undefined` when it knows no such capture. */
type FindOrderId = (captureId: string) => Promise<string | undefined>;

/** How a resolved dispute ended. RESOLVED_WITH_PAYOUT and NONE name no winner. */
const phases: Readonly<Record<string, DisputePhase>> = {
  RESOLVED_SELLER_FAVOUR: 'won',
  CANCELED_BY_BUYER: 'won',
  DENIED: 'won',
  RESOLVED_BUYER_FAVOUR: 'lost',
  ACCEPTED: 'lost',
};

/**
 * The facts of a verified event.
 *
 * @throws InvalidWebhookError when the body is no event
 * @throws ProviderError when PayPal had to be asked for an order, and did not answer
 */
export async function toFacts(rawBody: Buffer, findOrderId: FindOrderId): Promise<ProviderFact[]> {
  const event = toEvent(rawBody);
  const subject = await toSubject(event, findOrderId);
  const { eventId, eventType, occurredAt } = event;
  return [{ eventId, eventType, occurredAt, subject }];
}

async function toSubject(event: PayPalEvent, findOrderId: FindOrderId): Promise<Subject> {
  const { eventType, resourceType, resource } = event;
  if (resourceType === 'dispute') return toDisputeSubject(eventType, resource, findOrderId);
  if (!isResource(resource)) return { kind: 'other' };
  switch (resourceType) {
    case 'checkout-order':
      return toOrderSubject(resource);
    case 'capture':
      return toCaptureSubject(resource);
    case 'refund':
      return toRefundSubject(resource, findOrderId);
    default:
      return { kind: 'other' };
  }
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
 * reversal, PayPal is asked. Where it does not know either, the capture's own id keeps the fact from being lost.
 */
async function toRefundSubject(refund: PayPalRefund, findOrderId: FindOrderId): Promise<Subject> {
  const { id, custom_id: custom = '', links, amount } = refund;
  const refundId = uuidOf(refund.invoice_id);
  const captureId = parentOf(links, 'captures');
  const known = refundId && /^[A-Z0-9]{1,36}$/.test(custom) ? custom : undefined;
  const orderId = known ?? (captureId && ((await findOrderId(captureId)) ?? captureId));
  if (!orderId) return { kind: 'other' };
  return {
    kind: 'refund',
    refundId,
    providerTransactionId: orderId,
    providerRefundId: id,
    ...fromPayPalMoney(amount),
    outcome: toRefundOutcome(refund),
  };
}

interface PayPalDispute {
  dispute_id?: string;
  reason?: string;
  dispute_amount?: unknown;
  dispute_outcome?: { outcome_code?: string };
  disputed_transactions?: { seller_transaction_id?: string; custom?: string }[];
}

async function toDisputeSubject(
  eventType: string,
  dispute: PayPalDispute,
  findOrderId: FindOrderId,
): Promise<Subject> {
  const { dispute_id: id, reason = '', dispute_amount: amount, dispute_outcome } = dispute;
  const disputed = dispute.disputed_transactions?.[0];
  const captureId = disputed?.seller_transaction_id;
  const phase = phaseOf(eventType, dispute_outcome?.outcome_code ?? '');
  if (!id || !captureId || !phase) return { kind: 'other' };
  return {
    kind: 'dispute',
    transactionId: uuidOf(disputed.custom),
    providerTransactionId: (await findOrderId(captureId)) ?? captureId,
    providerDisputeId: id,
    phase,
    reason: reason.slice(0, 100),
    ...(amount === undefined ? {} : { money: fromPayPalMoney(amount) }),
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
