import type { WireObject } from './stripe.wire.js';

export type MethodType =
  'card' | 'us_bank_account' | 'sepa_debit' | 'alipay' | 'grabpay' | 'crypto';

/** What a type of payment method asks of a confirmation, and how it goes on. */
export interface MethodKind {
  /** All that Stripe takes, when absent. */
  currencies?: readonly string[];
  /** The payer must have accepted a mandate. */
  needsMandate?: true;
  /** The `next_action` that sends the payer away, always. */
  redirect?: 'redirect_to_url' | 'alipay_handle_redirect';
  /** After the payer approved, the payment is `processing` for a while. */
  settlesLater?: true;
  /** Can be cancelled while it is `processing`. */
  isCancellable?: true;
  /** What a PaymentMethod of this type shows. */
  details: WireObject;
  /** What a charge of it shows. */
  chargeDetails: WireObject;
}

const bank = {
  account_holder_type: 'individual',
  account_type: 'checking',
  bank_name: 'STRIPE TEST BANK',
  fingerprint: null,
  last4: '6789',
  routing_number: '110000000',
};
const iban = {
  bank_code: '19043',
  branch_code: '',
  country: 'AT',
  fingerprint: null,
  last4: '3201',
};

/** Currencies and flows as each method's page at docs.stripe.com/payments has them, read 2026. */
const kinds: Record<Exclude<MethodType, 'card'>, MethodKind> = {
  us_bank_account: {
    currencies: ['usd'],
    needsMandate: true,
    isCancellable: true,
    details: {
      ...bank,
      financial_connections_account: null,
      networks: { preferred: 'ach', supported: ['ach'] },
      status_details: {},
    },
    chargeDetails: { ...bank, payment_reference: null },
  },
  sepa_debit: {
    currencies: ['eur'],
    needsMandate: true,
    details: { ...iban, generated_from: null },
    chargeDetails: { ...iban, mandate: null },
  },
  alipay: {
    currencies: ['aud', 'cad', 'cny', 'eur', 'gbp', 'hkd', 'jpy', 'myr', 'nzd', 'sgd', 'usd'],
    redirect: 'alipay_handle_redirect',
    details: {},
    chargeDetails: { fingerprint: null, transaction_id: null },
  },
  grabpay: {
    currencies: ['myr', 'sgd'],
    redirect: 'redirect_to_url',
    details: {},
    chargeDetails: { transaction_id: null },
  },
  crypto: {
    currencies: ['usd'],
    redirect: 'redirect_to_url',
    settlesLater: true,
    details: {},
    chargeDetails: {},
  },
};

const card: MethodKind = { details: {}, chargeDetails: {} };

export function kindOf(method: MethodType): MethodKind {
  return method === 'card' ? card : kinds[method];
}
