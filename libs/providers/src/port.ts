import type { DeclineCode, PaymentMethodCode, ProviderCode, RetryAdvice } from './port.words.js';

export { InvalidWebhookError, ProviderError } from './port.errors.js';
export type { ProviderErrorKind } from './port.errors.js';
export * from './port.words.js';

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
  /** What a 3-D Secure check asks of the payer's browser, as the partner gave it: `language`, `screen_width`, ... */
  browser?: Readonly<Record<string, unknown>>;
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

/** An amount as a provider names it, in our words. */
export interface Money {
  /** Decimal string in major units. */
  amount: string;
  /** ISO 4217 code, upper case. */
  currency: string;
}

/** What every answer of a provider carries. */
export interface ProviderAnswer {
  providerTransactionId: string;
  providerCustomerId?: string;
  /** What was charged or is to be charged, where the provider says it: compared with the payment. */
  money?: Money;
  /**
   * Where a provider promises money before it takes it: `made` says that it will come unless the payment is cancelled,
   * `undone` that it will not come, whatever was said before, and `kept` that a cancellation was refused.
   */
  promise?: 'made' | 'undone' | 'kept';
  /** Fields of the provider's answer that may be stored: an allow-list, no card or personal data, under 4 kB. */
  response: Record<string, unknown>;
}

/** An answer about a payment that the provider may not have named yet: it does so once the payer has acted. */
export type UnnamedAnswer = Omit<ProviderAnswer, 'providerTransactionId'> & {
  providerTransactionId?: string;
};

/** A decline is a result, not an error. An unknown status of a provider is `processing`, with `unmapped` set. */
export type ProviderOutcome =
  | (ProviderAnswer & { status: 'completed' })
  | (UnnamedAnswer & {
      status: 'processing';
      unmapped?: string;
      /** The payer approved, and nothing is taken until `resume` is called. */
      resumable?: true;
    })
  | (UnnamedAnswer & { status: 'requires_action'; nextAction: NextAction })
  | (ProviderAnswer & { status: 'cancelled' })
  | (UnnamedAnswer & {
      status: 'declined';
      code: DeclineCode;
      retry: RetryAdvice;
      raw: RawDecline;
      /** The provider's code, when it is in no table of ours. */
      unmapped?: string;
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

/** Where a dispute stands. */
export type DisputePhase = 'opened' | 'won' | 'lost';

/** One fact out of a verified webhook. */
export interface ProviderFact {
  /** The provider's id of this event, at most 255 characters: what duplicates are recognised by. */
  eventId: string;
  /** The provider's own event type, as in `payment_intent.succeeded`; at most 100 characters. */
  eventType: string;
  /** When the provider says it happened. */
  occurredAt: Date;
  /** The provider's id of this sending, where it may carry no other event: a second one under it is forged. */
  transmissionId?: string;
  /** The provider's id of what `resolve` has to look up before the fact can be applied; absent: the fact is whole. */
  unresolved?: string;
  subject:
    | {
        kind: 'payment';
        transactionId?: string;
        /** The key of the charge, where the provider gives it back: it tells the attempts of a payment apart. */
        idempotencyKey?: string;
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
    | {
        kind: 'dispute';
        transactionId?: string;
        providerTransactionId: string;
        providerDisputeId: string;
        phase: DisputePhase;
        /** The provider's own word for why. */
        reason: string;
        money?: Money;
      }
    /** Verified, and about something that we track, but it makes no sense. */
    | { kind: 'unreadable'; problem: string }
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
  /**
   * Goes on with a payment after its payer acted, under a key made from the charge's own: takes what was approved,
   * or hands in what the payer brought back. Where nothing is left to do it is a look-up. Repeating it is safe.
   *
   * @param returned the query of the address that the payer came back to; empty when nobody came back
   */
  resume(
    reference: PaymentReference,
    returned: Readonly<Record<string, string>>,
  ): Promise<ProviderOutcome | 'not_found' | 'unsupported'>;
  fetchRefund(reference: RefundReference): Promise<RefundOutcome | 'not_found' | 'unsupported'>;
  /**
   * The facts of a webhook, once its signature is verified. The provider's API is not called: the sender waits for the
   * answer. What only the API can tell is left `unresolved`.
   *
   * @param rawBody the bytes as they came: a parsed and re-serialised body never verifies
   * @throws InvalidWebhookError
   * @throws ProviderError when the key that it is signed with can't be had now
   */
  parseWebhook(
    headers: Record<string, string | undefined>,
    rawBody: Buffer,
  ): Promise<ProviderFact[]>;
  /**
   * Asks the provider for what a fact leaves `unresolved`. Repeating it is safe. Absent: all facts are whole.
   *
   * @returns the whole fact
   */
  resolve?(fact: ProviderFact): Promise<ProviderFact>;
  /** Loads what the first call would otherwise wait for. Calls nobody. */
  warmUp?(): Promise<void>;
  /** Closes idle connections. Calls under way finish. */
  close?(): Promise<void>;
}
