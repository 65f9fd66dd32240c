import type { Clock } from '../clock.js';
import type { Outcome } from './paypal.call.js';
import { issue } from './paypal.errors.js';
import type { PaypalStore } from './paypal.store.js';

const hourMs = 60 * 60 * 1_000;
const longestId = 108;

/** The Orders API keeps ids for 6 hours, the Payments API for 45 days (API reference, read 2026). */
function lifetimeMs(path: string): number {
  return path.startsWith('/v2/payments') ? 45 * 24 * hourMs : 6 * hourMs;
}

/** `PayPal-Request-Id`: a replay is answered with the latest state of what the first call made. */
export class PaypalIdempotency {
  private readonly running = new Set<string>();

  constructor(
    private readonly store: PaypalStore,
    private readonly clock: Clock,
  ) {}

  /** What the first call led to, or `undefined` when the id is now claimed by the caller. */
  claim(id: string, requestId: string, path: string): Outcome | undefined {
    if (requestId.length > longestId) {
      const where = { field: 'PayPal-Request-Id', location: 'header' } as const;
      throw issue('INVALID_STRING_LENGTH', where);
    }
    if (this.running.has(id)) throw issue('PREVIOUS_REQUEST_IN_PROGRESS');
    const stored = this.store.answers.get(id);
    if (stored && this.clock.now() - stored.createdAt < lifetimeMs(path)) return stored.outcome;
    this.running.add(id);
    return undefined;
  }

  keep(id: string, outcome: Outcome): void {
    this.store.answers.put({ id, createdAt: this.clock.now(), outcome });
  }

  release(id: string): void {
    this.running.delete(id);
  }
}
