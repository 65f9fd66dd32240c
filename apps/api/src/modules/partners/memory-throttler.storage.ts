import type { ThrottlerStorage } from '@nestjs/throttler';
import { WindowCounter } from './window-counter.js';

/** The limit of one process. The stock storage keeps every hit of the window in an array. */
export class MemoryThrottlerStorage implements ThrottlerStorage {
  private counter: WindowCounter | undefined;

  increment(key: string, ttl: number, limit: number): ReturnType<ThrottlerStorage['increment']> {
    this.counter ??= new WindowCounter(ttl);
    const { hits, resetInMs } = this.counter.hit(key);
    const resetInSeconds = Math.ceil(resetInMs / 1000);
    return Promise.resolve({
      totalHits: hits,
      timeToExpire: resetInSeconds,
      isBlocked: hits > limit,
      timeToBlockExpire: resetInSeconds,
    });
  }
}
