import { listOf, type Shape } from '../shape.js';

export const billingDetails: Shape = {
  address: 'null',
  email: 'null',
  name: 'null',
  phone: 'null',
  tax_id: 'null',
};

export const bank: Shape = {
  account_holder_type: ['individual'],
  account_type: ['checking'],
  bank_name: 'string',
  fingerprint: 'null',
  last4: 'string',
  routing_number: 'string',
};

export const iban: Shape = {
  bank_code: 'string',
  branch_code: 'string',
  country: 'string',
  fingerprint: 'null',
  last4: 'string',
};

const card: Shape = {
  brand: 'string',
  checks: 'null',
  country: 'string',
  display_brand: 'string',
  exp_month: 'integer',
  exp_year: 'integer',
  fingerprint: 'null',
  funding: 'string',
  generated_from: 'null',
  last4: 'string',
  networks: 'null',
  regulated_status: ['unregulated'],
  three_d_secure_usage: { supported: 'boolean' },
  wallet: 'null',
};

export const methodTypes = [
  'alipay',
  'card',
  'crypto',
  'grabpay',
  'sepa_debit',
  'us_bank_account',
] as const;

/** A PaymentMethod, in full inside an error alone. */
export const paymentMethod: Shape = {
  id: 'string',
  object: ['payment_method'],
  allow_redisplay: ['unspecified'],
  billing_details: billingDetails,
  'alipay?': {},
  'card?': card,
  'crypto?': {},
  created: 'integer',
  customer: 'null',
  customer_account: 'null',
  'grabpay?': {},
  livemode: 'boolean',
  metadata: 'map',
  'sepa_debit?': { ...iban, generated_from: 'null' },
  type: methodTypes,
  'us_bank_account?': {
    ...bank,
    financial_connections_account: 'null',
    networks: { preferred: 'string', supported: listOf(['ach']) },
    status_details: {},
  },
};
