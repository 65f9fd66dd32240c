import type { WireMoney } from './paypal.currencies.js';
import type { Fields } from './paypal.fields.js';

interface ExperienceContext {
  return_url?: string;
  cancel_url?: string;
}

export interface CardRequest {
  vault_id?: string;
  name?: string;
  number?: string;
  experience_context?: ExperienceContext;
}

export interface OrderRequest {
  purchase_units: {
    reference_id?: string;
    amount: WireMoney;
    custom_id?: string;
    invoice_id?: string;
    description?: string;
    soft_descriptor?: string;
  }[];
  payment_source?: {
    card?: CardRequest;
    paypal?: { vault_id?: string; experience_context?: ExperienceContext };
    token?: { id: string };
  };
  application_context?: ExperienceContext;
}

export interface RefundRequest {
  amount?: WireMoney;
  invoice_id?: string;
  custom_id?: string;
  note_to_payer?: string;
}

const money = { 'currency_code!': 'text:3', 'value!': 'text:32' } as const;

const experience = {
  brand_name: 'text:127',
  locale: 'text:10',
  shipping_preference: ['GET_FROM_FILE', 'NO_SHIPPING', 'SET_PROVIDED_ADDRESS'],
  landing_page: ['LOGIN', 'GUEST_CHECKOUT', 'NO_PREFERENCE', 'BILLING'],
  user_action: ['CONTINUE', 'PAY_NOW'],
  return_url: 'url',
  cancel_url: 'url',
} as const;

const initiated = {
  'payment_initiator!': ['CUSTOMER', 'MERCHANT'],
  usage: ['FIRST', 'SUBSEQUENT', 'DERIVED'],
} as const;

const patterns = [
  'IMMEDIATE',
  'DEFERRED',
  'RECURRING_PREPAID',
  'RECURRING_POSTPAID',
  'THRESHOLD_PREPAID',
  'THRESHOLD_POSTPAID',
  'SUBSCRIPTION_PREPAID',
  'SUBSCRIPTION_POSTPAID',
  'UNSCHEDULED_PREPAID',
  'UNSCHEDULED_POSTPAID',
  'INSTALLMENT_PREPAID',
  'INSTALLMENT_POSTPAID',
];

const card: Fields = {
  vault_id: 'text:255',
  name: 'text:300',
  number: 'text:19',
  expiry: 'text:7',
  security_code: 'text:4',
  billing_address: {
    address_line_1: 'text:300',
    address_line_2: 'text:300',
    admin_area_1: 'text:300',
    admin_area_2: 'text:120',
    postal_code: 'text:60',
    'country_code!': 'text:2',
  },
  attributes: {
    verification: { method: ['SCA_ALWAYS', 'SCA_WHEN_REQUIRED', '3D_SECURE', 'AVS_CVV'] },
    vault: 'unsupported',
    customer: 'unsupported',
  },
  stored_credential: {
    ...initiated,
    'payment_type!': ['ONE_TIME', 'RECURRING', 'UNSCHEDULED'],
    previous_network_transaction_reference: 'unsupported',
  },
  experience_context: { return_url: 'url', cancel_url: 'url' },
  single_use_token: 'unsupported',
  network_token: 'unsupported',
};

const paypal: Fields = {
  vault_id: 'text:255',
  experience_context: {
    ...experience,
    contact_preference: ['NO_CONTACT_INFO', 'UPDATE_CONTACT_INFO', 'RETAIN_CONTACT_INFO'],
    payment_method_preference: ['UNRESTRICTED', 'IMMEDIATE_PAYMENT_REQUIRED'],
    app_switch_context: 'unsupported',
    order_update_callback_config: 'unsupported',
  },
  stored_credential: { ...initiated, usage_pattern: patterns, charge_pattern: patterns },
  email_address: 'text:254',
  name: { given_name: 'text:140', surname: 'text:140' },
  phone: 'unsupported',
  birth_date: 'unsupported',
  tax_info: 'unsupported',
  address: 'unsupported',
  attributes: 'unsupported',
  billing_agreement_id: 'unsupported',
};

/** What PayPal publishes for each request (Orders v2 and Payments v2, read 2026). */
export const requestFields = {
  createOrder: {
    'intent!': ['CAPTURE'],
    processing_instruction: 'unsupported',
    'purchase_units!': {
      list: {
        reference_id: 'text:256',
        'amount!': { ...money, breakdown: 'unsupported' },
        custom_id: 'text:255',
        invoice_id: 'text:127',
        description: 'text:3000',
        soft_descriptor: 'text:127',
        payee: 'unsupported',
        payment_instruction: 'unsupported',
        items: 'unsupported',
        shipping: 'unsupported',
        supplementary_data: 'unsupported',
      },
    },
    payment_source: {
      card,
      paypal,
      token: { 'id!': 'text:255', 'type!': ['BILLING_AGREEMENT'] },
      apple_pay: 'unsupported',
      bancontact: 'unsupported',
      blik: 'unsupported',
      eps: 'unsupported',
      giropay: 'unsupported',
      google_pay: 'unsupported',
      ideal: 'unsupported',
      mybank: 'unsupported',
      p24: 'unsupported',
      sofort: 'unsupported',
      trustly: 'unsupported',
      venmo: 'unsupported',
    },
    application_context: {
      ...experience,
      landing_page: ['LOGIN', 'NO_PREFERENCE', 'BILLING'],
      payment_method: 'unsupported',
      stored_payment_source: 'unsupported',
    },
    payer: 'unsupported',
  },
  captureOrder: { payment_source: 'unsupported' },
  refundCapture: {
    amount: money,
    invoice_id: 'text:127',
    custom_id: 'text:127',
    note_to_payer: 'text:255',
    payment_instruction: 'unsupported',
  },
  none: {},
} as const satisfies Record<string, Fields>;
