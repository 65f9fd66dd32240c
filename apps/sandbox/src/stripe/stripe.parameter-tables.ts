import { methodTypes } from './stripe.instrument-shape.js';

export type ParameterKind = 'text' | 'integer' | 'flag' | readonly string[];

/** The parameters of one call. */
export interface ParameterTable {
  /** By name: `name`, `name[]` for a list, `name[*]` for free keys. */
  readonly offered: Readonly<Record<string, ParameterKind>>;
  /** Published by Stripe, not offered by the sandbox: refused in so many words, with all that is inside. */
  readonly notOffered?: readonly string[];
}

const expand = { 'expand[]': 'text' } as const;

const acceptance = 'mandate_data[customer_acceptance]';

/** What a call that may confirm a payment says of the way it is paid. */
const confirmation = {
  ...expand,
  [`${acceptance}[type]`]: ['online'],
  [`${acceptance}[accepted_at]`]: 'integer',
  [`${acceptance}[online][ip_address]`]: 'text',
  [`${acceptance}[online][user_agent]`]: 'text',
  'payment_method_data[type]': ['card'],
  'payment_method_data[card][token]': 'text',
  capture_method: ['automatic', 'automatic_async'],
  off_session: ['true', 'false'],
  payment_method: 'text',
  receipt_email: 'text',
  return_url: 'text',
  use_stripe_sdk: 'flag',
} as const;

const otherMethods =
  'acss_debit affirm afterpay_clearpay alipay allow_redisplay alma amazon_pay au_becs_debit bacs_debit bancontact ' +
  'billie billing_details bizum blik boleto cashapp crypto customer_balance eps fpx giropay grabpay ideal ' +
  'interac_present kakao_pay klarna konbini kr_card link mb_way metadata mobilepay multibanco naver_pay ' +
  'nz_bank_account oxxo p24 pay_by_bank payco paynow paypal paypay payto pix promptpay radar_options revolut_pay ' +
  'samsung_pay satispay scalapay sepa_debit sequra sofort sunbit swish twint upi us_bank_account wechat_pay zip';

const noConfirmation = [
  ...names(
    'amount_details confirmation_token error_on_requires_action excluded_payment_method_types hooks mandate ' +
      'payment_details payment_method_options radar_options setup_future_usage shipping',
  ),
  `${acceptance}[offline]`,
  ...names('cvc exp_month exp_year networks number').map(
    (name) => `payment_method_data[card][${name}]`,
  ),
  ...names(otherMethods).map((name) => `payment_method_data[${name}]`),
];

const page = { limit: 'integer', starting_after: 'text' } as const;

/** Every parameter that Stripe publishes for the calls that the sandbox takes (API 2026-10-28). */
export const parameterTables = {
  retrieve: { offered: expand },
  retrievePayment: { offered: { ...expand, client_secret: 'text' } },
  createPayment: {
    offered: {
      ...confirmation,
      'allowed_payment_method_types[]': methodTypes,
      amount: 'integer',
      currency: 'text',
      confirm: 'flag',
      'automatic_payment_methods[enabled]': 'flag',
      'automatic_payment_methods[allow_redirects]': ['always', 'never'],
      confirmation_method: ['automatic'],
      description: 'text',
      'metadata[*]': 'text',
    },
    notOffered: [
      ...noConfirmation,
      ...names(
        'application_fee_amount customer customer_account on_behalf_of payment_method_configuration ' +
          'statement_descriptor statement_descriptor_suffix transfer_data transfer_group',
      ),
    ],
  },
  confirmPayment: {
    offered: confirmation,
    notOffered: [...noConfirmation, 'allowed_payment_method_types', 'amount_to_confirm'],
  },
  cancelPayment: {
    offered: {
      ...expand,
      cancellation_reason: ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'],
    },
  },
  searchPayments: { offered: { ...expand, query: 'text', limit: 'integer', page: 'text' } },
  listPayments: {
    offered: { ...expand, ...page },
    notOffered: names('created customer customer_account ending_before'),
  },
  createRefund: {
    offered: {
      ...expand,
      amount: 'integer',
      charge: 'text',
      payment_intent: 'text',
      'metadata[*]': 'text',
      reason: ['duplicate', 'fraudulent', 'requested_by_customer'],
    },
    notOffered: names(
      'currency customer instructions_email origin refund_application_fee reverse_transfer',
    ),
  },
  listRefunds: {
    offered: { ...expand, ...page, charge: 'text', payment_intent: 'text' },
    notOffered: names('created ending_before'),
  },
} as const satisfies Record<string, ParameterTable>;

function names(text: string): string[] {
  return text.split(' ');
}
