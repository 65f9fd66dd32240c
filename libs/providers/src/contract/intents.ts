import { randomUUID } from 'node:crypto';
import type { ChargeIntent, PaymentProvider, ProviderError, RefundIntent } from '../port.js';
import type { ChargeCase } from './harness.js';

/** A charge of 10.50 USD by a transaction of its own. */
export function newIntent(charge: ChargeCase, changes: Partial<ChargeIntent> = {}): ChargeIntent {
  const transactionId = changes.transactionId ?? randomUUID();
  return {
    idempotencyKey: `${transactionId}.1`,
    transactionId,
    amount: '10.50',
    currency: 'USD',
    paymentMethod: 'card',
    payer: {},
    ...(typeof charge === 'string' ? { paymentMethodToken: charge } : charge),
    ...changes,
  };
}

/** What a case is called in a test's name. */
export function nameOf(charge: ChargeCase): string {
  return typeof charge === 'string' ? charge : JSON.stringify(charge);
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
