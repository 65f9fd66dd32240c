import type { CodeRow } from './code-table.js';
import type { PaymentMethodCode, PaymentProvider, ProviderCode } from './port.js';

/** What a charge by one payment method needs. */
export interface MethodCapability {
  /** Whether a charge names the payer's instrument by a token of this provider. */
  token: 'required' | 'optional' | 'none';
  /** ISO 4217 codes, where the method takes fewer than the provider. */
  currencies?: readonly string[];
}

/** What a provider can do: data, checked before a call and printed into the documentation. */
export interface ProviderCapabilities {
  methods: Readonly<Partial<Record<PaymentMethodCode, MethodCapability>>>;
  /** ISO 4217 codes, or `all`. */
  currencies: readonly string[] | 'all';
  operations: { cancel: boolean; partialRefund: boolean; lookUp: boolean };
  /** People find out what became of a payment or refund, and nobody is called; absent: the provider tells. */
  settledBy?: 'people';
  /** How long the provider remembers an idempotency key, in milliseconds; `null`: for ever. */
  idempotencyKeyLifetimeMs: number | null;
}

/** A variable of the environment that a provider reads, as the documentation tells of it. */
export interface ProviderVariable {
  /** What a right value looks like. */
  form: string;
  about: string;
  /** What holds without it; absent: it is required as soon as the provider is switched on. */
  default?: string;
  /** Never printed, and also read from the file that `<NAME>_FILE` names. */
  secret?: true;
  /** A right value that opens no account; absent: the variable is not needed. */
  example?: string;
}

/** A provider, declared once, as one value. */
export interface ProviderDefinition<Settings = Record<string, string>> {
  code: ProviderCode;
  name: string;
  capabilities: ProviderCapabilities;
  /**
   * What its codes are to us, printed into the documentation. Any other is `processing_error`, never tried again and
   * counted; absent: it has none.
   */
  codes?: readonly CodeRow[];
  /** The variable whose absence switches the provider off; absent: it is always on. */
  switchedOnBy?: string;
  /** Every variable that `settings` reads, by its name. */
  variables: Readonly<Record<string, ProviderVariable>>;
  /** What the body of an answer to a webhook must be, as plain text; absent: the provider reads the status alone. */
  webhookAnswer?: string;
  /**
   * The settings of this provider out of the environment.
   *
   * @returns `undefined` when it has no credentials, and so is off
   * @throws ProviderError `misconfigured`, naming the variable that is wrong
   */
  settings(
    this: void,
    environment: Readonly<Record<string, string | undefined>>,
  ): Settings | undefined;
  /** Whether the settings are of an account that moves real money; absent: it is the same in both modes. */
  mode?: {
    /** The variable that it depends on, for the error when it is the wrong mode. */
    setBy: string;
    isLive(this: void, settings: Settings): boolean;
  };
  /** A token of the right form, for the documentation; absent: it takes none. */
  tokenExample?: string;
  /**
   * Whether a token has the form of this provider's tokens; absent: any has.
   *
   * @param livemode then the names that only the sandbox knows are nobody's
   */
  ownsToken?(this: void, token: string, livemode?: boolean): boolean;
  /**
   * Whether the provider can be sent exactly this amount; absent: any amount.
   *
   * @param amount decimal string in major units
   */
  canRepresent?(this: void, amount: string, currency: string): boolean;
  create(this: void, settings: Settings, options: { timeoutMs: number }): PaymentProvider;
}
