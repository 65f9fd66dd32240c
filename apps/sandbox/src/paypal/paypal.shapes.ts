import { compile, ImpossibleAnswerError, listOf, type Shape } from '../shape.js';
import { dispute } from './paypal.dispute-shape.js';
import { link, links, money, person } from './paypal.part-shapes.js';
import { unpublishedCode } from './paypal.magic.js';
import type { WireObject } from './paypal.wire.js';

const payee: Shape = { email_address: 'string', merchant_id: 'string' };

const card: Shape = {
  'name?': 'string',
  last_digits: 'string',
  brand: ['VISA'],
  type: ['CREDIT'],
  'authentication_result?': {
    liability_shift: ['POSSIBLE'],
    three_d_secure: { authentication_status: ['Y'], enrollment_status: ['Y'] },
  },
};

const wallet: Shape = {
  ...optional(person),
  'account_id?': 'string',
  'account_status?': ['VERIFIED'],
};

const capture: Shape = {
  id: 'string',
  status: ['COMPLETED', 'DECLINED', 'FAILED', 'PARTIALLY_REFUNDED', 'PENDING', 'REFUNDED'],
  'status_details?': { reason: ['PENDING_REVIEW'] },
  amount: money,
  'invoice_id?': 'string',
  'custom_id?': 'string',
  seller_protection: { status: ['NOT_ELIGIBLE'] },
  final_capture: 'boolean',
  'seller_receivable_breakdown?': { gross_amount: money, paypal_fee: money, net_amount: money },
  'processor_response?': {
    avs_code: ['A', 'G'],
    cvv_code: ['M', 'P'],
    response_code: [
      '0000',
      '00N7',
      '0500',
      '1330',
      '5100',
      '5120',
      '5180',
      '5400',
      '8000',
      '9500',
      '9520',
      unpublishedCode,
    ],
  },
  create_time: 'string',
  update_time: 'string',
  links,
};

/** As `Prefer: return=minimal` has it; there is more of it in the whole representation. */
const minimal = { id: 'string', links } as const;

const refundStatus = ['COMPLETED', 'FAILED', 'PENDING'];

const refund: Shape = {
  ...minimal,
  status: refundStatus,
  'status_details?': { reason: ['ECHECK'] },
  amount: money,
  'invoice_id?': 'string',
  'custom_id?': 'string',
  'note_to_payer?': 'string',
  seller_payable_breakdown: {
    gross_amount: money,
    paypal_fee: money,
    net_amount: money,
    total_refunded_amount: money,
  },
  create_time: 'string',
  update_time: 'string',
};

const orderStatus = ['APPROVED', 'COMPLETED', 'CREATED', 'PAYER_ACTION_REQUIRED'];

const order: Shape = {
  ...minimal,
  status: orderStatus,
  intent: ['CAPTURE'],
  'payment_source?': { 'card?': card, 'paypal?': wallet },
  purchase_units: listOf({
    reference_id: 'string',
    amount: money,
    payee,
    'description?': 'string',
    'custom_id?': 'string',
    'invoice_id?': 'string',
    'soft_descriptor?': 'string',
    'payments?': { captures: listOf(capture), 'refunds?': listOf(refund) },
  }),
  'payer?': { ...person, payer_id: 'string' },
  create_time: 'string',
  update_time: 'string',
};

const event: Shape = {
  id: 'string',
  event_version: ['1.0'],
  create_time: 'string',
  resource_type: ['capture', 'checkout-order', 'dispute', 'refund'],
  'resource_version?': ['2.0'],
  event_type: 'string',
  summary: 'string',
  resource: 'object',
  links,
};

/** The published fields of what the sandbox answers (Orders v2 and Payments v2, as in `@paypal/paypal-server-sdk` 2.5). */
export const paypalShapes = {
  order,
  'minimal order': { ...minimal, status: orderStatus },
  capture,
  'whole capture': {
    ...capture,
    supplementary_data: { related_ids: { order_id: 'string' } },
    payee,
  },
  refund,
  'minimal refund': { ...minimal, status: refundStatus },
  dispute,
  event,
  token: {
    scope: 'string',
    access_token: 'string',
    token_type: ['Bearer'],
    app_id: 'string',
    expires_in: 'integer',
    nonce: 'string',
  },
  'token error': { error: 'string', error_description: 'string' },
  error: {
    name: 'string',
    message: 'string',
    debug_id: 'string',
    'details?': listOf({
      'field?': 'string',
      'value?': 'string',
      'location?': 'string',
      issue: 'string',
      description: 'string',
    }),
    links: listOf(link),
  },
} as const satisfies Record<string, Shape>;

export type Kind = keyof typeof paypalShapes;

const checks = new Map(
  Object.entries(paypalShapes).map(([kind, shape]) => [kind, compile(shape)] as const),
);

/** Throws when an object of ours is not what PayPal publishes. */
export function checkPublished(kind: Kind, object: WireObject): void {
  const problem = checks.get(kind)?.(object, kind);
  if (problem !== undefined) throw new ImpossibleAnswerError(problem);
}

function optional(shape: Shape): Shape {
  return Object.fromEntries(Object.entries(shape).map(([name, type]) => [`${name}?`, type]));
}
