export { InvalidWebhookError, ProviderError } from './port.errors.js';
export type { ProviderErrorKind } from './port.errors.js';

/** The code of a payment provider: a label of the database's `payment_provider` type. */
export type ProviderCode = 'stripe' | 'paypal' | 'adyen' | 'manual';

/** The code of a payment method: a row of `payment_methods`. */
export type PaymentMethodCode = 'card' | 'bank_transfer' | 'e_wallet' | 'crypto';

/** Why a provider declined, in words that are the same for all providers. */
export const declineCodes = [
  'card_declined',
  'insufficient_funds',
  'expired_card',
  'invalid_card',
  'incorrect_cvc',
  'lost_or_stolen',
  'suspected_fraud',
  'authentication_failed',
  'processing_error',
  'provider_unavailable',
] as const;
export type DeclineCode = (typeof declineCodes)[number];

/** What to do after a decline: may the same payment succeed later, elsewhere, or only after the payer acts? */
export type RetryAdvice = 'never' | 'same_provider' | 'other_provider' | 'after_customer_action';

/** What the payer must do next. The only kind today is a visit to a page of the provider. */
export interface NextAction {
  type: 'redirect';
  /** Where the payer's browser goes; the provider sends it back to the payment's `return_url`. */
  url: string;
}

/** The payer, as far as the partner named them. */
export interface Payer {
  email?: string;
  name?: string;
  phone?: string;
  ipAddress?: string;
  userAgent?: string;
}

/** All that one charge needs. Built from the stored row alone, so that a replay sends the same bytes. */
export interface ChargeIntent {
  /** `{transaction id}.{attempt number}`: constant over restarts, at most 64 characters, no `:`. */
  idempotencyKey: string;
  transactionId: string;
  /** Decimal string in major units with the currency's decimals: `"10.50"`, JPY `"500"`. */
  amount: string;
  /** ISO 4217 code, upper case. */
  currency: string;
  paymentMethod: PaymentMethodCode;
  /** The provider's own token for the payer's instrument, as in `pm_card_visa`. */
  paymentMethodToken?: string;
  description?: string;
  /** Where the provider sends the payer back to after a redirect. */
  returnUrl?: string;
  payer: Payer;
}

/** All that one refund needs. */
export interface RefundIntent {
  /** The refund's own id: constant over restarts. */
  idempotencyKey: string;
  refundId: string;
  transactionId: string;
  providerTransactionId: string;
  /** Decimal string in major units with the currency's decimals. */
  amount: string;
  currency: string;
  reason: string;
}

/** Names one payment at a provider. */
export interface PaymentReference {
  transactionId: string;
  /** The key that the charge was sent with. */
  idempotencyKey: string;
  /** Absent when the provider's answer never reached us. */
  providerTransactionId?: string;
}

/** Names one refund at a provider. */
export interface RefundReference {
  refundId: string;
  transactionId: string;
  providerTransactionId: string;
  providerRefundId?: string;
}

/** The provider's own words, kept beside ours. */
export interface RawDecline {
  code: string;
  message: string;
}

/** What every answer of a provider carries. */
export interface ProviderAnswer {
  providerTransactionId: string;
  providerCustomerId?: string;
  /** Fields of the provider's answer that may be stored: an allow-list, no card or personal data, under 4 kB. */
  response: Record<string, unknown>;
}

/** A decline is a result, not an error. An unknown status of a provider is `processing`, with `unmapped` set. */
export type ProviderOutcome =
  | (ProviderAnswer & { status: 'completed' })
  | (ProviderAnswer & { status: 'processing'; unmapped?: string })
  | (ProviderAnswer & { status: 'requires_action'; nextAction: NextAction })
  | (ProviderAnswer & { status: 'cancelled' })
  | (Omit<ProviderAnswer, 'providerTransactionId'> & {
      status: 'declined';
      providerTransactionId?: string;
      code: DeclineCode;
      retry: RetryAdvice;
      raw: RawDecline;
    });

/** What became of a refund. */
export type RefundOutcome =
  | { status: 'completed'; providerRefundId: string; response: Record<string, unknown> }
  | {
      status: 'processing';
      providerRefundId: string;
      /** A status of the provider that we don't know. */
      unmapped?: string;
      response: Record<string, unknown>;
    }
  | {
      status: 'failed';
      providerRefundId?: string;
      raw: RawDecline;
      response: Record<string, unknown>;
    };

/** One fact out of a verified webhook. */
export interface ProviderFact {
  /** The provider's id of this event: what duplicates are recognised by. */
  eventId: string;
  /** The provider's own event type, as in `payment_intent.succeeded`. */
  eventType: string;
  /** When the provider says it happened. */
  occurredAt: Date;
  subject:
    | {
        kind: 'payment';
        transactionId?: string;
        providerTransactionId: string;
        outcome: ProviderOutcome;
      }
    | {
        kind: 'refund';
        refundId?: string;
        providerTransactionId: string;
        providerRefundId: string;
        /** Decimal string in major units. */
        amount: string;
        currency: string;
        outcome: RefundOutcome;
      }
    /** Verified, and about nothing that we track. */
    | { kind: 'other' };
}

/** One configured account at one payment provider. Every method throws `ProviderError` on breakage. */
export interface PaymentProvider {
  readonly code: ProviderCode;
  charge(intent: ChargeIntent): Promise<ProviderOutcome>;
  cancel(reference: PaymentReference): Promise<ProviderOutcome>;
  refund(intent: RefundIntent): Promise<RefundOutcome>;
  /** The payment as the provider knows it. `unsupported`: this provider has no look-up; replay instead. */
  fetch(reference: PaymentReference): Promise<ProviderOutcome | 'not_found' | 'unsupported'>;
  fetchRefund(reference: RefundReference): Promise<RefundOutcome | 'not_found' | 'unsupported'>;
  /**
   * The facts of a webhook, once its signature is verified.
   *
   * @param rawBody the bytes as they came: a parsed and re-serialised body never verifies
   * @throws InvalidWebhookError
   */
  parseWebhook(
    headers: Record<string, string | undefined>,
    rawBody: Buffer,
  ): Promise<ProviderFact[]>;
  /** Loads what the first call would otherwise wait for. Calls nobody. */
  warmUp?(): Promise<void>;
  /** Closes idle connections. Calls under way finish. */
  close?(): Promise<void>;
}

/** What a provider can do: data, checked before a call and printed into the documentation. */
export interface ProviderCapabilities {
  methods: readonly PaymentMethodCode[];
  /** ISO 4217 codes, or `all`. */
  currencies: readonly string[] | 'all';
  /** Whether a charge names the payer's instrument by a token of this provider. */
  token: 'required' | 'optional' | 'none';
  operations: { cancel: boolean; partialRefund: boolean; lookUp: boolean };
  /** How long the provider remembers an idempotency key, in milliseconds; `null`: for ever. */
  idempotencyKeyLifetimeMs: number | null;
}

/** A provider, declared once, as one value. */
export interface ProviderDefinition<Settings = Record<string, string>> {
  code: ProviderCode;
  name: string;
  capabilities: ProviderCapabilities;
  /** The variable whose absence switches the provider off. */
  switchedOnBy: string;
  /**
   * The settings of this provider out of the environment.
   *
   * @returns `undefined` when it has no credentials, and so is off
   * @throws ProviderError `misconfigured`, naming the variable that is wrong
   */
  settings(environment: Readonly<Record<string, string | undefined>>): Settings | undefined;
  /**
   * Whether the provider can be sent exactly this amount; absent: any amount.
   *
   * @param amount decimal string in major units
   */
  canRepresent?(this: void, amount: string, currency: string): boolean;
  create(settings: Settings, options: { timeoutMs: number }): PaymentProvider;
}
