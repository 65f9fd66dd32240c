import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { StoredAnswer } from './stripe.answers.js';
import { StripeError } from './stripe.errors.js';

import type { StripeStore } from './stripe.store.js';

const lifetimeMs = 24 * 60 * 60 * 1_000;
const longestKey = 255;

/**
 * Idempotency keys as Stripe keeps them (API reference "Idempotent requests", read 2026): for 24 hours, bound
 * to the endpoint and parameters; what fails validation or meets a running duplicate is not kept.
 */
export class StripeIdempotency {
  private readonly running = new Set<string>();

  constructor(
    private readonly store: StripeStore,
    private readonly clock: Clock,
  ) {}

  /** The stored answer to replay, or `undefined` when the key is now claimed by the caller. */
  claim(id: string, key: string, fingerprint: string): StoredAnswer | undefined {
    if (key.length > longestKey) {
      throw new StripeError(400, {
        type: 'invalid_request_error',
        message: `Idempotency keys have at most ${longestKey} characters.`,
      });
    }
    const stored = this.store.answers.get(id);
    const alive = stored && this.clock.now() - stored.createdAt < lifetimeMs ? stored : undefined;
    if (alive && alive.fingerprint !== fingerprint) throw otherParameters(key);
    if (this.running.has(id)) throw inUse(key);
    if (!alive) this.running.add(id);
    return alive;
  }

  keep(stored: StoredAnswer): void {
    this.store.answers.put(stored);
  }

  release(id: string): void {
    this.running.delete(id);
  }
}

/** The same for the same endpoint and parameters, in whatever order they came. */
export function fingerprintOf(path: string, form: URLSearchParams): string {
  const pairs = [...form].map(([name, value]) => `${name}=${value}`).sort();
  return createHash('sha256')
    .update(JSON.stringify([path, pairs]))
    .digest('base64');
}

function otherParameters(key: string): StripeError {
  return new StripeError(400, {
    type: 'idempotency_error',
    message:
      'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
      `Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}

function inUse(key: string): StripeError {
  return new StripeError(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key: ${key}. Try again later.`,
  });
}
