import type { PaymentProvider } from './port.js';

/** The operations of a provider that call its API. */
type ProviderOperation =
  'charge' | 'cancel' | 'refund' | 'fetch' | 'resume' | 'fetch_refund' | 'resolve';

/** One operation at one account of one provider. */
export interface ProviderCall {
  provider: string;
  account: string;
  operation: ProviderOperation;
}

/** Runs every operation, and may look at when it began, how long it took and what came of it. */
export type CallObserver = <T>(call: ProviderCall, run: () => Promise<T>) => Promise<T>;

/**
 * The same provider, whose every operation runs through the observer.
 *
 * @returns a provider that answers and throws what the given one does
 */
export function observedProvider(
  provider: PaymentProvider,
  account: string,
  observe: CallObserver,
): PaymentProvider {
  const through = <T>(operation: ProviderOperation, run: () => Promise<T>): Promise<T> =>
    observe({ provider: provider.code, account, operation }, run);
  return {
    code: provider.code,
    charge: (intent) => through('charge', () => provider.charge(intent)),
    cancel: (reference) => through('cancel', () => provider.cancel(reference)),
    refund: (intent) => through('refund', () => provider.refund(intent)),
    fetch: (reference) => through('fetch', () => provider.fetch(reference)),
    resume: (reference, returned) => through('resume', () => provider.resume(reference, returned)),
    fetchRefund: (reference) => through('fetch_refund', () => provider.fetchRefund(reference)),
    parseWebhook: (headers, rawBody) => provider.parseWebhook(headers, rawBody),
    ...(provider.resolve && {
      resolve: (fact) => through('resolve', async () => (await provider.resolve?.(fact)) ?? fact),
    }),
    warmUp: async () => provider.warmUp?.(),
    close: async () => provider.close?.(),
  };
}
