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
  /** The text that the provider must read in the answer to a webhook; absent: any 2xx will do. */
  webhookAnswer?: string;
  /**
   * The settings of this provider out of the environment.
   *
   * @returns `undefined` when it has no credentials, and so is off
   * @throws ProviderError `misconfigured`, naming the variable that is wrong
   */
  settings(environment: Readonly<Record<string, string | undefined>>): Settings | undefined;
  /** Whether a token has the form of this provider's tokens; absent: any has. */
  ownsToken?(this: void, token: string): boolean;
  /**
   * Whether the provider can be sent exactly this amount; absent: any amount.
   *
   * @param amount decimal string in major units
   */
  canRepresent?(this: void, amount: string, currency: string): boolean;
  create(settings: Settings, options: { timeoutMs: number }): PaymentProvider;
}
