import path from 'node:path';
import { DeclaredTypes } from './declared-types.js';
import type { Published } from './published.js';

const main = require.resolve('@paypal/paypal-server-sdk');

/** The models of PayPal's server SDK; what a field is called on the wire stands in the schema beside each. */
export const paypalSdk = new DeclaredTypes({
  directory: path.join(main, '../../../src'),
  extension: '.ts',
  wireName: (field, { text }) =>
    new RegExp(`\\b${field}: \\[\\s*'([^']+)'`).exec(text)?.[1] ?? field,
});

// What PayPal's server SDK has no types of follows as github.com/paypal/paypal-rest-api-specifications has it
// (commit 6f8a0f1, `openapi/notifications_webhooks_v1.json` and `openapi/customer_disputes_v1.json`).

/** A `!` marks a field that is always there. */
function object(fields: Readonly<Record<string, Published>>): Published {
  const entries = Object.entries(fields).map(
    ([key, type]) =>
      [key.replace(/!$/, ''), { optional: !key.endsWith('!'), type: () => type }] as const,
  );
  return { is: 'object', fields: () => new Map(entries) };
}

function listOf(item: Published): Published {
  return { is: 'list', item: () => item };
}

function oneOf(texts: string): Published {
  return { is: 'texts', texts: texts.split(' ') };
}

const text: Published = { is: 'text' };
const elsewhere: Published = { is: 'object', fields: () => new Map() };
const money = object({ 'currency_code!': text, 'value!': text });
const links = listOf(
  object({
    'href!': text,
    'rel!': text,
    method: oneOf('GET POST PUT DELETE HEAD CONNECT OPTIONS PATCH'),
  }),
);

const transaction = object({
  buyer_transaction_id: text,
  seller_transaction_id: text,
  reference_id: text,
  create_time: text,
  transaction_status: oneOf(
    'COMPLETED UNCLAIMED DENIED FAILED HELD PENDING PARTIALLY_REFUNDED REFUNDED REVERSED CANCELLED',
  ),
  gross_amount: money,
  gross_asset: elsewhere,
  invoice_number: text,
  custom: text,
  buyer: object({ name: text }),
  seller: object({ email: text, merchant_id: text, name: text }),
  items: listOf(elsewhere),
  payment_processor: elsewhere,
});

export const publishedDispute = object({
  dispute_id: text,
  create_time: text,
  update_time: text,
  disputed_transactions: listOf(transaction),
  reason: oneOf(
    'MERCHANDISE_OR_SERVICE_NOT_RECEIVED MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED UNAUTHORISED ' +
      'CREDIT_NOT_PROCESSED DUPLICATE_TRANSACTION INCORRECT_AMOUNT PAYMENT_BY_OTHER_MEANS ' +
      'CANCELED_RECURRING_BILLING PROBLEM_WITH_REMITTANCE OTHER',
  ),
  status: oneOf(
    'OPEN WAITING_FOR_BUYER_RESPONSE WAITING_FOR_SELLER_RESPONSE UNDER_REVIEW RESOLVED OTHER',
  ),
  dispute_amount: money,
  dispute_outcome: object({
    outcome_code: oneOf(
      'RESOLVED_BUYER_FAVOUR RESOLVED_SELLER_FAVOUR RESOLVED_WITH_PAYOUT CANCELED_BY_BUYER ACCEPTED DENIED NONE',
    ),
    amount_refunded: money,
    asset_refunded: elsewhere,
  }),
  dispute_life_cycle_stage: oneOf('INQUIRY CHARGEBACK PRE_ARBITRATION ARBITRATION'),
  dispute_channel: oneOf('INTERNAL EXTERNAL ALERT'),
  links,
});

export const publishedEvent = object({
  id: text,
  create_time: text,
  resource_type: text,
  event_version: text,
  event_type: text,
  summary: text,
  resource_version: text,
  resource: elsewhere,
  links,
});

/** As developer.paypal.com/api/rest/authentication shows it; the SDK leaves out what it has no use for. */
export const publishedToken = object({
  scope: text,
  'access_token!': text,
  'token_type!': text,
  app_id: text,
  expires_in: { is: 'number' },
  nonce: text,
});

/** The error of RFC 6749, section 5.2, which the SDK knows by its codes alone. */
export const publishedTokenError = object({
  'error!': text,
  error_description: text,
  error_uri: text,
});
