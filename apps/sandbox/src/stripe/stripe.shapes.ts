import { compileShape, ImpossibleAnswerError, type Shape } from '../shape.js';
import type { WireObject } from './stripe.wire.js';

const paymentMethod: Shape = {
  id: 'string',
  object: 'string',
  'allow_redisplay?': 'string',
  billing_details: 'object',
  'card?': 'object',
  created: 'integer',
  customer: 'null',
  customer_account: 'null',
  livemode: 'boolean',
  metadata: 'object',
  type: 'string',
};

const failure: Shape = {
  'charge?': 'string',
  'code?': 'string',
  'decline_code?': 'string',
  'doc_url?': 'string',
  'message?': 'string',
  'param?': 'string',
  'payment_intent?': 'object',
  'payment_method?': paymentMethod,
  'request_log_url?': 'string',
  type: 'string',
};

const nextAction: Shape = {
  'redirect_to_url?': { return_url: 'string', url: 'string' },
  type: 'string',
  'use_stripe_sdk?': 'object',
};

const paymentIntent: Shape = {
  id: 'string',
  object: 'string',
  allowed_payment_method_types: 'array|null',
  amount: 'integer',
  amount_capturable: 'integer',
  'amount_details?': 'object',
  amount_received: 'integer',
  application: 'string|null',
  application_fee_amount: 'integer|null',
  automatic_payment_methods: { 'allow_redirects?': 'string', enabled: 'boolean' },
  canceled_at: 'integer|null',
  cancellation_reason: 'string|null',
  capture_method: 'string',
  client_secret: 'string|null',
  confirmation_method: 'string',
  created: 'integer',
  currency: 'string',
  customer: 'string|null',
  customer_account: 'string|null',
  description: 'string|null',
  excluded_payment_method_types: 'array|null',
  last_payment_error: failure,
  latest_charge: 'string|object|null',
  livemode: 'boolean',
  managed_payments: 'object|null',
  metadata: 'object',
  next_action: nextAction,
  on_behalf_of: 'string|null',
  payment_method: 'string|null',
  payment_method_configuration_details: 'object|null',
  payment_method_options: 'object|null',
  payment_method_types: 'array',
  payment_record: 'string|null',
  processing: 'object|null',
  receipt_email: 'string|null',
  review: 'string|null',
  setup_future_usage: 'string|null',
  shipping: 'object|null',
  source: 'string|null',
  statement_descriptor: 'string|null',
  statement_descriptor_suffix: 'string|null',
  status: 'string',
  'transfer_data?': 'object|null',
  transfer_group: 'string|null',
};

const refund: Shape = {
  id: 'string',
  object: 'string',
  amount: 'integer',
  balance_transaction: 'string|null',
  charge: 'string|object|null',
  created: 'integer',
  currency: 'string',
  customer: 'string|null',
  customer_account: 'string|null',
  'failure_reason?': 'string',
  metadata: 'object|null',
  payment_intent: 'string|object|null',
  payment_method: 'string|null',
  'pending_reason?': 'string',
  reason: 'string|null',
  receipt_number: 'string|null',
  source_transfer_reversal: 'string|null',
  status: 'string|null',
  transfer_reversal: 'string|null',
};

const charge: Shape = {
  id: 'string',
  object: 'string',
  amount: 'integer',
  amount_captured: 'integer',
  amount_refunded: 'integer',
  application: 'string|null',
  application_fee: 'string|null',
  application_fee_amount: 'integer|null',
  balance_transaction: 'string|null',
  billing_details: 'object',
  calculated_statement_descriptor: 'string|null',
  captured: 'boolean',
  created: 'integer',
  currency: 'string',
  customer: 'string|null',
  description: 'string|null',
  disputed: 'boolean',
  failure_balance_transaction: 'string|null',
  failure_code: 'string|null',
  failure_message: 'string|null',
  fraud_details: 'object|null',
  livemode: 'boolean',
  metadata: 'object',
  on_behalf_of: 'string|null',
  outcome: 'object|null',
  paid: 'boolean',
  payment_intent: 'string|null',
  payment_method: 'string|null',
  payment_method_details: 'object|null',
  receipt_email: 'string|null',
  receipt_number: 'string|null',
  receipt_url: 'string|null',
  refunded: 'boolean',
  review: 'string|null',
  shipping: 'object|null',
  source: 'null',
  source_transfer: 'string|null',
  statement_descriptor: 'string|null',
  statement_descriptor_suffix: 'string|null',
  status: 'string',
  transfer_data: 'object|null',
  transfer_group: 'string|null',
};

const event: Shape = {
  id: 'string',
  object: 'string',
  api_version: 'string|null',
  created: 'integer',
  data: { object: 'object', 'previous_attributes?': 'object' },
  livemode: 'boolean',
  pending_webhooks: 'integer',
  request: { id: 'string|null', idempotency_key: 'string|null' },
  type: 'string',
};

/** The published fields of what the sandbox answers (API 2026-10-28, as in the types of `stripe` 23.1). */
export const stripeShapes = {
  payment_intent: paymentIntent,
  refund,
  charge,
  event,
  payment_method: paymentMethod,
  error: { error: failure },
} as const;

const checks = Object.fromEntries(
  Object.entries(stripeShapes).map(([kind, shape]) => [kind, compileShape(shape)]),
);

/** Throws when an object of ours is not what Stripe publishes; a nested PaymentIntent is checked on its own. */
export function checkPublished(kind: keyof typeof stripeShapes, object: WireObject): void {
  const problem = checks[kind]?.(object, kind);
  if (problem !== undefined) throw new ImpossibleAnswerError(problem);
}
