import { compileShape, ImpossibleAnswerError, type Shape } from '../shape.js';
import type { WireObject } from './paypal.wire.js';

const money: Shape = { currency_code: 'string', value: 'string' };
const link: Shape = { href: 'string', rel: 'string', 'method?': 'string' };

const payments: Shape = { 'captures?': 'array', 'refunds?': 'array' };

const purchaseUnit: Shape = {
  reference_id: 'string',
  amount: money,
  payee: { 'email_address?': 'string', 'merchant_id?': 'string' },
  'description?': 'string',
  'custom_id?': 'string',
  'invoice_id?': 'string',
  'soft_descriptor?': 'string',
  'payments?': payments,
};

const card: Shape = {
  'name?': 'string',
  'last_digits?': 'string',
  'brand?': 'string',
  'type?': 'string',
  'expiry?': 'string',
  'authentication_result?': {
    liability_shift: 'string',
    three_d_secure: { authentication_status: 'string', enrollment_status: 'string' },
  },
};

const wallet: Shape = {
  'email_address?': 'string',
  'account_id?': 'string',
  'account_status?': 'string',
  'name?': { given_name: 'string', surname: 'string' },
  'address?': { country_code: 'string' },
};

const payer: Shape = {
  'email_address?': 'string',
  'payer_id?': 'string',
  'name?': { given_name: 'string', surname: 'string' },
  'address?': { country_code: 'string' },
};

const order: Shape = {
  id: 'string',
  status: 'string',
  'intent?': 'string',
  'payment_source?': { 'card?': card, 'paypal?': wallet },
  'purchase_units?': 'array',
  'payer?': payer,
  'create_time?': 'string',
  'update_time?': 'string',
  links: 'array',
};

const capture: Shape = {
  id: 'string',
  status: 'string',
  'status_details?': { reason: 'string' },
  amount: money,
  'invoice_id?': 'string',
  'custom_id?': 'string',
  'seller_protection?': { status: 'string', 'dispute_categories?': 'array' },
  final_capture: 'boolean',
  'seller_receivable_breakdown?': {
    gross_amount: money,
    'paypal_fee?': money,
    'net_amount?': money,
  },
  'disbursement_mode?': 'string',
  'processor_response?': {
    'avs_code?': 'string',
    'cvv_code?': 'string',
    'response_code?': 'string',
  },
  'supplementary_data?': {
    related_ids: { 'order_id?': 'string', 'authorization_id?': 'string', 'capture_id?': 'string' },
  },
  'payee?': { 'email_address?': 'string', 'merchant_id?': 'string' },
  create_time: 'string',
  update_time: 'string',
  links: 'array',
};

const refund: Shape = {
  id: 'string',
  status: 'string',
  'status_details?': { reason: 'string' },
  'amount?': money,
  'invoice_id?': 'string',
  'custom_id?': 'string',
  'note_to_payer?': 'string',
  'seller_payable_breakdown?': {
    gross_amount: money,
    'paypal_fee?': money,
    'net_amount?': money,
    'total_refunded_amount?': money,
  },
  'payer?': { 'email_address?': 'string', 'merchant_id?': 'string' },
  'create_time?': 'string',
  'update_time?': 'string',
  links: 'array',
};

const dispute: Shape = {
  dispute_id: 'string',
  create_time: 'string',
  update_time: 'string',
  disputed_transactions: 'array',
  reason: 'string',
  status: 'string',
  dispute_amount: money,
  'dispute_outcome?': { outcome_code: 'string', 'amount_refunded?': money },
  dispute_life_cycle_stage: 'string',
  dispute_channel: 'string',
  links: 'array',
};

const event: Shape = {
  id: 'string',
  event_version: 'string',
  create_time: 'string',
  resource_type: 'string',
  'resource_version?': 'string',
  event_type: 'string',
  summary: 'string',
  resource: 'object',
  links: 'array',
};

const error: Shape = {
  name: 'string',
  message: 'string',
  debug_id: 'string',
  'details?': 'array',
  'links?': 'array',
};

const detail: Shape = {
  'field?': 'string',
  'value?': 'string',
  'location?': 'string',
  issue: 'string',
  'description?': 'string',
};

/** The published fields of what the sandbox answers (Orders v2 and Payments v2, as in `@paypal/paypal-server-sdk` 2.5). */
export const paypalShapes = {
  order,
  purchase_unit: purchaseUnit,
  capture,
  refund,
  dispute,
  event,
  error,
  detail,
  link,
} as const;

export type Kind = keyof typeof paypalShapes;

const checks = Object.fromEntries(
  Object.entries(paypalShapes).map(([kind, shape]) => [kind, compileShape(shape)]),
);

/** What the lists of an object hold. */
const lists: Record<string, Kind> = {
  links: 'link',
  purchase_units: 'purchase_unit',
  captures: 'capture',
  refunds: 'refund',
  details: 'detail',
};

/** Throws when an object of ours is not what PayPal publishes. */
export function checkPublished(kind: Kind, object: WireObject): void {
  const problem = checks[kind]?.(object, kind);
  if (problem !== undefined) throw new ImpossibleAnswerError(problem);
  checkLists(object);
  if (kind === 'purchase_unit') checkLists((object['payments'] ?? {}) as WireObject);
}

function checkLists(object: WireObject): void {
  for (const [name, kind] of Object.entries(lists)) {
    const list = object[name];
    if (Array.isArray(list)) for (const item of list) checkPublished(kind, item as WireObject);
  }
}
