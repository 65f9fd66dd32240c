import { compile, either, ImpossibleAnswerError, listOf, orNull, type Shape } from '../shape.js';
import { charge } from './stripe.charge-shape.js';
import { dispute } from './stripe.dispute-shape.js';
import { paymentMethod } from './stripe.instrument-shape.js';
import { paymentIntent } from './stripe.payment-shape.js';
import type { WireObject } from './stripe.wire.js';

const refund: Shape = {
  id: 'string',
  object: ['refund'],
  amount: 'integer',
  balance_transaction: 'null',
  charge: either('string', charge),
  created: 'integer',
  currency: 'string',
  customer: 'null',
  customer_account: 'null',
  'failure_reason?': 'string',
  metadata: 'map',
  payment_intent: either('string', paymentIntent),
  payment_method: 'null',
  'pending_reason?': ['processing'],
  reason: orNull(['duplicate', 'fraudulent', 'requested_by_customer']),
  receipt_number: 'null',
  source_transfer_reversal: 'null',
  status: 'string',
  transfer_reversal: 'null',
};

const event: Shape = {
  id: 'string',
  object: ['event'],
  api_version: 'string',
  created: 'integer',
  data: { object: 'object' },
  livemode: 'boolean',
  pending_webhooks: 'integer',
  request: { id: 'string|null', idempotency_key: 'string|null' },
  type: [
    'charge.dispute.closed',
    'charge.dispute.created',
    'charge.dispute.funds_reinstated',
    'charge.dispute.funds_withdrawn',
    'charge.refunded',
    'payment_intent.canceled',
    'payment_intent.payment_failed',
    'payment_intent.processing',
    'payment_intent.requires_action',
    'payment_intent.succeeded',
    'refund.created',
    'refund.failed',
    'refund.updated',
  ],
};

const failure: Shape = {
  'charge?': 'string',
  'code?': 'string',
  'decline_code?': 'string',
  'doc_url?': 'string',
  message: 'string',
  'param?': 'string',
  'payment_intent?': paymentIntent,
  'payment_method?': paymentMethod,
  type: ['api_error', 'card_error', 'idempotency_error', 'invalid_request_error'],
};

/** The published fields of what the sandbox answers (API 2026-10-28, as in the types of `stripe` 23.1). */
export const stripeShapes = {
  payment_intent: paymentIntent,
  refund,
  charge,
  dispute,
  event,
  error: { error: failure },
  list: {
    object: ['list'],
    url: 'string',
    has_more: 'boolean',
    data: listOf(either(paymentIntent, refund)),
  },
  search_result: {
    object: ['search_result'],
    url: 'string',
    has_more: 'boolean',
    next_page: 'null',
    data: listOf(paymentIntent),
  },
} as const satisfies Record<string, Shape>;

export type PublishedKind = keyof typeof stripeShapes;

const checks = new Map(
  Object.entries(stripeShapes).map(([kind, shape]) => [kind, compile(shape)] as const),
);

/** Throws when an object of ours is not what Stripe publishes. */
export function checkPublished(kind: PublishedKind, object: WireObject): void {
  const problem = checks.get(kind)?.(object, kind);
  if (problem !== undefined) throw new ImpossibleAnswerError(problem);
}
