import { createHmac, timingSafeEqual } from 'node:crypto';
import type Stripe from 'stripe';
import { InvalidWebhookError } from '../port.js';
import type { DisputePhase, ProviderFact } from '../port.js';
import { unreadable } from '../unreadable.js';
import { fromStripeAmount } from './stripe.amounts.js';
import {
  idOf,
  isDispute,
  isPaymentIntent,
  isRefund,
  moneyOf,
  short,
  toPaymentOutcome,
  toRefundOutcome,
} from './stripe.outcomes.js';

type Subject = ProviderFact['subject'];

const toleranceMs = 300_000;
const mostSignatures = 10;

/**
 * Verifies a `Stripe-Signature` header: hex HMAC-SHA256 of `timestamp.body` (docs.stripe.com/webhooks/signature).
 *
 * @param secret whole, `whsec_` included
 * @throws InvalidWebhookError also for a timestamp more than 300 s in the past or in the future; the SDK lets the
 * future in
 */
export function verifyStripeSignature(
  header: string | undefined,
  rawBody: Buffer,
  secret: string,
  nowMs: number,
): void {
  const parts = (header ?? '').split(',').map((part) => part.trim().split('=', 2));
  const timestamp = parts.find(([name]) => name === 't')?.[1] ?? '';
  if (!/^\d{1,12}$/.test(timestamp)) throw new InvalidWebhookError('no timestamp in the signature');
  const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest();
  const signatures = parts.filter(([name]) => name === 'v1').slice(0, mostSignatures);
  if (!signatures.some(([, hex]) => isSame(expected, hex))) {
    throw new InvalidWebhookError('no signature matches');
  }
  if (Math.abs(nowMs - Number(timestamp) * 1000) > toleranceMs) {
    throw new InvalidWebhookError('the timestamp is more than 300 s away');
  }
}

/**
 * The facts of a verified event.
 *
 * `charge.refunded` names the refunds only in API versions before 2022-11-15; since then they come by `refund.*`.
 *
 * @throws InvalidWebhookError when the body is no event
 */
export function toFacts(rawBody: Buffer): ProviderFact[] {
  const event = parseEvent(rawBody);
  const { id: eventId, type: eventType } = event;
  const occurredAt = new Date(event.created * 1000);
  const subjects = toSubjects(eventType, event.data.object);
  return subjects.map((subject) => ({ eventId, eventType, occurredAt, subject }));
}

function toSubjects(eventType: string, object: unknown): Subject[] {
  const charge = object as Partial<Stripe.Charge> | null;
  const refunds = charge?.object === 'charge' ? charge.refunds?.data : undefined;
  const listed = Array.isArray(refunds) ? refunds.filter(isRefund) : [];
  return (listed.length > 0 ? listed : [object]).map((part) => toReadSubject(eventType, part));
}

/** Stripe has signed it: one that can't be read is no reason to have it sent again. */
function toReadSubject(eventType: string, object: unknown): Subject {
  try {
    return toSubject(eventType, object);
  } catch (error) {
    return unreadable(eventType, error);
  }
}

function toSubject(eventType: string, object: unknown): Subject {
  if (isRefund(object)) return toRefundSubject(object);
  if (isDispute(object)) return toDisputeSubject(eventType, object);
  if (!isPaymentIntent(object)) return { kind: 'other' };
  return {
    kind: 'payment',
    transactionId: object.metadata?.transaction_id,
    idempotencyKey: object.metadata?.attempt_key,
    providerTransactionId: object.id,
    outcome: toPaymentOutcome(object),
  };
}

function toRefundSubject(refund: Stripe.Refund): Subject {
  const providerTransactionId = idOf(refund.payment_intent);
  if (!providerTransactionId) return { kind: 'other' };
  return {
    kind: 'refund',
    refundId: refund.metadata?.refund_id,
    providerTransactionId,
    providerRefundId: refund.id,
    amount: fromStripeAmount(refund.amount, refund.currency),
    currency: refund.currency.toUpperCase(),
    outcome: toRefundOutcome(refund),
  };
}

/**
 * Only what opens or closes a dispute is a fact of it. An inquiry that closes without a chargeback (`warning_closed`)
 * took nothing. A closing status that we don't know is kept, and told to nobody.
 */
function toDisputeSubject(eventType: string, dispute: Stripe.Dispute): Subject {
  const providerTransactionId = idOf(dispute.payment_intent);
  const phase = phaseOf(eventType, dispute.status);
  if (!providerTransactionId || !phase) return { kind: 'other' };
  return {
    kind: 'dispute',
    providerTransactionId,
    providerDisputeId: dispute.id,
    phase,
    reason: short(dispute.reason),
    money: moneyOf(dispute.amount, dispute.currency),
  };
}

function phaseOf(eventType: string, status: string): DisputePhase | undefined {
  if (eventType === 'charge.dispute.created') return 'opened';
  if (eventType !== 'charge.dispute.closed') return undefined;
  if (status === 'won' || status === 'warning_closed') return 'won';
  return status === 'lost' ? 'lost' : undefined;
}

interface EventFields {
  id: string;
  type: string;
  created: number;
  data: { object: unknown };
}

function parseEvent(rawBody: Buffer): EventFields {
  let value: unknown;
  try {
    value = JSON.parse(rawBody.toString('utf8'));
  } catch {
    throw new InvalidWebhookError('the body is not JSON');
  }
  if (!isEvent(value)) throw new InvalidWebhookError('the body is no Stripe event');
  return value;
}

function isEvent(value: unknown): value is EventFields {
  if (typeof value !== 'object' || value === null) return false;
  const { id, type, created, data } = value as Partial<EventFields>;
  const hasNames = typeof id === 'string' && typeof type === 'string';
  return hasNames && Number.isSafeInteger(created) && typeof data?.object === 'object';
}

function isSame(expected: Buffer, hex: string | undefined): boolean {
  if (!hex || !/^[0-9a-f]{64}$/i.test(hex)) return false;
  return timingSafeEqual(expected, Buffer.from(hex, 'hex'));
}
