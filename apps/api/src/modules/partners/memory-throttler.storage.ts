import type { ThrottlerStorage } from '@nestjs/throttler';
import { WindowCounter } from './window-counter.js';

/** What a storage answers about one request. */
export type CountedHit = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * The limits of one process, which lets through its share of them.
 *
 * The stock storage keeps every hit of the window in an array.
 */
export class MemoryThrottlerStorage implements ThrottlerStorage {
  private readonly counters = new Map<number, WindowCounter>();

  constructor(private readonly processes: number) {}

  increment(key: string, ttl: number, limit: number): Promise<CountedHit> {
    const { hits, resetInMs } = this.counterOf(ttl).hit(key);
    const share = Math.max(1, Math.floor(limit / this.processes));
    return Promise.resolve(countedHit(limit - share + hits, resetInMs, limit));
  }

  private counterOf(windowMs: number): WindowCounter {
    const known = this.counters.get(windowMs);
    if (known) return known;
    const counter = new WindowCounter(windowMs);
    this.counters.set(windowMs, counter);
    return counter;
  }
}

export function countedHit(totalHits: number, resetInMs: number, limit: number): CountedHit {
  const resetInSeconds = Math.ceil(resetInMs / 1000);
  return {
    totalHits,
    timeToExpire: resetInSeconds,
    isBlocked: totalHits > limit,
    timeToBlockExpire: resetInSeconds,
  };
}
