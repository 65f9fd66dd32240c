import { invalidRequest } from './stripe.errors.js';

type Kind = 'text' | 'integer' | 'flag' | readonly string[];

/** Parameters of an endpoint: `name`, `name[]` for a list, `name[*]` for free keys. */
export type ParameterTable = Readonly<Record<string, Kind>>;

const expand = { 'expand[]': 'text' } as const;

const mandateData = {
  'mandate_data[customer_acceptance][type]': ['online'],
  'mandate_data[customer_acceptance][accepted_at]': 'integer',
  'mandate_data[customer_acceptance][online][ip_address]': 'text',
  'mandate_data[customer_acceptance][online][user_agent]': 'text',
} as const;

const cardToken = {
  'payment_method_data[type]': ['card'],
  'payment_method_data[card][token]': 'text',
} as const;

export const parameterTables = {
  retrieve: { ...expand, client_secret: 'text' },
  createPayment: {
    ...expand,
    ...mandateData,
    ...cardToken,
    amount: 'integer',
    currency: 'text',
    confirm: 'flag',
    payment_method: 'text',
    'allowed_payment_method_types[]': 'text',
    'automatic_payment_methods[enabled]': 'flag',
    'automatic_payment_methods[allow_redirects]': ['always', 'never'],
    capture_method: ['automatic', 'automatic_async'],
    confirmation_method: ['automatic'],
    description: 'text',
    'metadata[*]': 'text',
    off_session: 'flag',
    receipt_email: 'text',
    return_url: 'text',
    use_stripe_sdk: 'flag',
  },
  confirmPayment: {
    ...expand,
    ...mandateData,
    ...cardToken,
    payment_method: 'text',
    off_session: 'flag',
    receipt_email: 'text',
    return_url: 'text',
    use_stripe_sdk: 'flag',
  },
  cancelPayment: {
    ...expand,
    cancellation_reason: ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'],
  },
  searchPayments: { ...expand, query: 'text', limit: 'integer', page: 'text' },
  listPayments: { ...expand, limit: 'integer', starting_after: 'text' },
  createRefund: {
    ...expand,
    amount: 'integer',
    charge: 'text',
    payment_intent: 'text',
    'metadata[*]': 'text',
    reason: ['duplicate', 'fraudulent', 'requested_by_customer'],
  },
  listRefunds: {
    ...expand,
    charge: 'text',
    payment_intent: 'text',
    limit: 'integer',
    starting_after: 'text',
  },
} as const satisfies Record<string, ParameterTable>;

/** Published by Stripe (API reference, 2026), not offered by the sandbox: refused in so many words. */
const unsupported = new Set(
  (
    'amount_details amount_to_confirm application_fee_amount confirmation_token created currency_options customer ' +
    'customer_account ending_before error_on_requires_action excluded_payment_method_types hooks ' +
    'instructions_email mandate mandate_data on_behalf_of origin payment_details payment_method_configuration ' +
    'payment_method_data payment_method_options radar_options refund_application_fee reverse_transfer ' +
    'setup_future_usage shipping statement_descriptor statement_descriptor_suffix transfer_data transfer_group'
  ).split(' '),
);

/** The parameters of one request, checked against their table. */
export class Parameters {
  private readonly single = new Map<string, string>();
  private readonly lists = new Map<string, string[]>();
  readonly metadata: Record<string, string>;

  constructor(form: URLSearchParams, table: ParameterTable) {
    const metadata = new Map<string, string>();
    for (const [name, value] of form) {
      const pattern = name
        .replace(/\[\d*\]$/, '[]')
        .replace(/^metadata\[[^[\]]+\]$/, 'metadata[*]');
      const kind = Object.hasOwn(table, pattern) ? table[pattern] : undefined;
      if (kind === undefined) throw unknownParameter(name);
      if (pattern === 'metadata[*]') metadata.set(name.slice('metadata['.length, -1), value);
      else if (pattern.endsWith('[]')) this.append(pattern.slice(0, -2), value);
      else this.single.set(name, checked(name, value, kind));
    }
    this.metadata = checkedMetadata(metadata);
  }

  text(name: string): string | undefined {
    return this.single.get(name);
  }

  integer(name: string): number | undefined {
    const value = this.single.get(name);
    return value === undefined ? undefined : Number(value);
  }

  flag(name: string): boolean {
    return this.single.get(name) === 'true';
  }

  list(name: string): string[] | undefined {
    return this.lists.get(name);
  }

  required(name: string): string {
    const value = this.single.get(name);
    if (value !== undefined) return value;
    throw invalidRequest(`Missing required param: ${name}.`, name, 'parameter_missing');
  }

  private append(name: string, value: string): void {
    const list = this.lists.get(name);
    if (list) list.push(value);
    else this.lists.set(name, [value]);
  }
}

function unknownParameter(name: string): Error {
  const root = name.split('[')[0];
  return unsupported.has(root)
    ? invalidRequest(`The sandbox does not offer the parameter: ${name}`, name)
    : invalidRequest(`Received unknown parameter: ${name}`, name, 'parameter_unknown');
}

function checked(name: string, value: string, kind: Kind): string {
  if (value === '') {
    const message = `You passed an empty string for '${name}'. Leave it out instead.`;
    throw invalidRequest(message, name, 'parameter_invalid_empty');
  }
  if (kind === 'integer' && !/^-?\d{1,15}$/.test(value)) {
    throw invalidRequest(`Invalid integer: ${value}`, name, 'parameter_invalid_integer');
  }
  if (kind === 'flag' && value !== 'true' && value !== 'false') {
    throw invalidRequest(`Invalid boolean: ${value}`, name);
  }
  if (typeof kind !== 'string' && !kind.includes(value)) {
    throw invalidRequest(`Invalid ${name}: must be one of ${kind.join(', ')}`, name);
  }
  return value;
}

function checkedMetadata(metadata: ReadonlyMap<string, string>): Record<string, string> {
  if (metadata.size > 50) throw invalidRequest('Metadata can have at most 50 keys.', 'metadata');
  for (const [key, value] of metadata) {
    const param = `metadata[${key}]`;
    if (key.length > 40) throw invalidRequest('Metadata keys have at most 40 characters.', param);
    if (value.length > 500)
      throw invalidRequest('Metadata values have at most 500 characters.', param);
  }
  // An empty value unsets a key.
  return Object.fromEntries([...metadata].filter(([, value]) => value !== ''));
}
