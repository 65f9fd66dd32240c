import { createHash } from 'node:crypto';
import { alreadyProcessed, keyInProgress, malformed } from './adyen.errors.js';
import type { StoredAnswer } from './adyen.records.js';
import type { AdyenStore } from './adyen.store.js';

const longestKey = 64;

/**
 * Idempotency keys as Adyen keeps them (docs.adyen.com/development-resources/api-idempotency, read 2026): for the whole
 * company account and for at least 7 days, here for ever.
 */
export class AdyenIdempotency {
  private readonly running = new Set<string>();

  constructor(private readonly store: AdyenStore) {}

  /** The stored answer to replay, or `undefined` when the key is now claimed by the caller. */
  claim(key: string, fingerprint: string): StoredAnswer | undefined {
    if (key.length > longestKey) {
      throw malformed(`Idempotency-Key has more than ${longestKey} characters`);
    }
    const stored = this.store.answers.get(key);
    if (stored && stored.fingerprint !== fingerprint) throw alreadyProcessed();
    if (this.running.has(key)) throw keyInProgress();
    if (!stored) this.running.add(key);
    return stored;
  }

  keep(stored: StoredAnswer): void {
    this.store.answers.put(stored);
  }

  release(key: string): void {
    this.running.delete(key);
  }
}

/** The same for the same path and body. */
export function fingerprintOf(path: string, body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([path, body]))
    .digest('base64');
}
