import type { ProviderDefinition } from '../port.definition.js';
import type {
  ChargeIntent,
  DeclineCode,
  DisputePhase,
  PaymentMethodCode,
  PaymentProvider,
  PaymentReference,
  RetryAdvice,
} from '../port.js';

/** A row of the sandbox's ledger: what really happened to money. */
export interface LedgerCharge {
  id: string;
  transaction_id: string | null;
  /** Minor units, as the provider counts them. */
  amount: number;
  /** The same in major units, as the provider reads it. */
  value: string;
  /** ISO 4217 code, in either case. */
  currency: string;
  status: 'succeeded' | 'pending' | 'failed';
  /** Minor units given back or on their way back. */
  refunded: number;
}

/** A webhook as it came in. */
export interface ReceivedWebhook {
  headers: Record<string, string | undefined>;
  rawBody: Buffer;
}

/** A charge that something particular happens to: its token, or whatever else makes it particular. */
export type ChargeCase = string | Partial<ChargeIntent>;

/** A provider's adapter and the sandbox that it talks to. */
export interface ContractTestbed {
  provider: PaymentProvider;
  /** The same adapter with other settings. */
  open(changes: {
    timeoutMs?: number;
    url?: URL;
    wrongCredentials?: boolean;
    wrongWebhookSecret?: boolean;
  }): PaymentProvider;
  /** Lets the sandbox play a fault on the next POST whose path begins with `path`; absent: the path of charges. */
  misbehave(script: string, path?: string): Promise<void>;
  charges(transactionId: string): Promise<LedgerCharge[]>;
  /**
   * Clicks on approve or decline on the payer's page.
   *
   * @returns the query of the address that the payer is sent back to
   */
  decide(pageUrl: string, decision: 'approve' | 'decline'): Promise<Record<string, string>>;
  webhooks(): readonly ReceivedWebhook[];
  stop(): Promise<void>;
}

/** A magic value that declines, and what the port must make of it. */
export interface MagicDecline {
  charge: ChargeCase;
  rawCode: string;
  code: DeclineCode;
  retry: RetryAdvice;
}

/** What a provider says of itself, and the suite takes it at its word. */
export type DeclaredProvider = Pick<
  ProviderDefinition,
  'code' | 'capabilities' | 'ownsToken' | 'canRepresent'
>;

/** A charge by each method that a provider declares. */
export type MethodCases = Partial<Record<PaymentMethodCode, ChargeCase>>;

/** What a provider's contract is tried with. */
export interface ProviderHarness {
  definition: DeclaredProvider;
  start(): Promise<ContractTestbed>;
  /** Path that refunds of a payment are sent to. */
  refundPath(providerTransactionId: string): string;
  /** Path that `resume` sends a POST to; absent where `resume` only looks. */
  resumePath?(reference: PaymentReference): string;
  cases: {
    succeeds: ChargeCase;
    declines: readonly MagicDecline[];
    /** Charges whose payer must act. */
    needsPayer: readonly [ChargeCase, ...ChargeCase[]];
    succeedsLater: ChargeCase;
    failsLater: ChargeCase;
    refundIsPending: ChargeCase;
    refundFails: ChargeCase;
    /** A refund of it is done, and then is not; absent: none can be provoked. */
    refundIsTakenBack?: ChargeCase;
    unknown: ChargeCase;
    methods: MethodCases;
    /** Charges that a webhook tells of, and as what. */
    announced: readonly {
      charge: ChargeCase;
      status: 'completed' | 'declined' | 'requires_action';
    }[];
    /** Charges that are disputed, and what a webhook then says of the dispute; empty: none can be provoked. */
    disputed: readonly { charge: ChargeCase; phase: DisputePhase }[];
  };
  /** What the provider says at once; the verdict of `processing` comes later. */
  answers: {
    refund: 'completed' | 'processing';
    cancel: 'cancelled' | 'processing';
    /** What a payment is once its payer has said no. */
    declinedByPayer: 'declined' | 'requires_action';
  };
  /** Ids that the provider never gave out. */
  absent: { payment: string; refund: string };
  /** Scripts that charge and then break the answer. */
  brokenAnswers: readonly string[];
  /** Amounts, and what goes over the wire, in minor units. */
  amounts: readonly { amount: string; currency: string; wire: number }[];
  /** Amounts that would have to be rounded. */
  refusedAmounts: readonly { amount: string; currency: string }[];
  webhooks: {
    /** Whether every byte is signed, or only the fields that matter. */
    signed: 'body' | 'fields';
    /** The same webhook without its signature. */
    unsigned(webhook: ReceivedWebhook): ReceivedWebhook;
  };
}
