import { randomUUID } from 'node:crypto';
import type {
  ChargeIntent,
  DeclineCode,
  PaymentProvider,
  ProviderError,
  RefundIntent,
  RetryAdvice,
} from '../port.js';

/** A row of the sandbox's ledger: what really happened to money. */
export interface LedgerCharge {
  id: string;
  transaction_id: string | null;
  /** Minor units, as the provider counts them. */
  amount: number;
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
  /** Lets the sandbox play a fault on the next calls whose path begins with `path`. */
  misbehave(script: string, path?: string): Promise<void>;
  charges(transactionId: string): Promise<LedgerCharge[]>;
  /** Clicks on approve or decline on the payer's page. */
  decide(pageUrl: string, decision: 'approve' | 'decline'): Promise<void>;
  webhooks(): readonly ReceivedWebhook[];
  stop(): Promise<void>;
}

/** A magic value that declines, and what the port must make of it. */
export interface MagicDecline {
  token: string;
  rawCode: string;
  code: DeclineCode;
  retry: RetryAdvice;
}

/** What a provider's contract is tried with. */
export interface ProviderHarness {
  start(): Promise<ContractTestbed>;
  /** Path that refunds are sent to. */
  refundPath: string;
  tokens: {
    succeeds: string;
    declines: readonly MagicDecline[];
    needsAuthentication: string;
    succeedsLater: string;
    failsLater: string;
    refundIsPending: string;
    refundFails: string;
    unknown: string;
  };
  /** Scripts that charge and then break the answer. */
  brokenAnswers: readonly string[];
  /** Amounts, and what goes over the wire. */
  amounts: readonly { amount: string; currency: string; wire: number }[];
  /** Amounts that would have to be rounded. */
  refusedAmounts: readonly { amount: string; currency: string }[];
}

/** A charge of 10.50 USD by a transaction of its own. */
export function newIntent(token: string, changes: Partial<ChargeIntent> = {}): ChargeIntent {
  const transactionId = changes.transactionId ?? randomUUID();
  return {
    idempotencyKey: `${transactionId}.1`,
    transactionId,
    amount: '10.50',
    currency: 'USD',
    paymentMethod: 'card',
    paymentMethodToken: token,
    payer: {},
    ...changes,
  };
}

/** A refund with a key of its own. */
export function newRefund(
  intent: ChargeIntent,
  providerTransactionId: string,
  amount = intent.amount,
): RefundIntent {
  const { transactionId, currency } = intent;
  const refundId = randomUUID();
  const key = { idempotencyKey: refundId, refundId };
  return { ...key, transactionId, providerTransactionId, amount, currency, reason: 'returned' };
}

/** The id under which the provider knows a charge that it took. */
export async function charged(provider: PaymentProvider, intent: ChargeIntent): Promise<string> {
  const { providerTransactionId } = await provider.charge(intent);
  if (!providerTransactionId) throw new Error('the charge has no id');
  return providerTransactionId;
}

/** The error of a call that must not succeed. */
export async function failureOf(call: Promise<unknown>): Promise<ProviderError> {
  return call.then(
    (value) => {
      throw new Error(`the call succeeded: ${JSON.stringify(value)}`);
    },
    (error: unknown) => error as ProviderError,
  );
}

/** Asks again, for at most 5 s, until the answer is the wanted one. */
export async function eventually<Value>(
  ask: () => Promise<Value> | Value,
  isWanted: (value: Value) => boolean,
): Promise<Value> {
  const pauseMs = 25;
  let value = await ask();
  for (let tries = 0; tries < 200 && !isWanted(value); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    value = await ask();
  }
  return value;
}
