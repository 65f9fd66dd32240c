import type { ThrottlerStorage } from '@nestjs/throttler';
import type { RedisLink } from '../../platform/redis-link.js';
import { type CountedHit, countedHit } from './memory-throttler.storage.js';

/** Counts a hit and begins its window with the first one: one step, since processes share the key. */
const countHit = `
local hits = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {hits, left}`;

/** The limits of all processes together; those of this one alone while Redis does not answer. */
export class RedisThrottlerStorage implements ThrottlerStorage {
  constructor(
    private readonly redis: RedisLink,
    private readonly ownShare: ThrottlerStorage,
  ) {}

  async increment(
    ...[key, ttl, limit, blockDuration, name]: Parameters<ThrottlerStorage['increment']>
  ): Promise<CountedHit> {
    const options = { keys: [`payments:hits:${key}`], arguments: [String(ttl)] };
    const answer = await this.redis.ask(({ client }) => client.eval(countHit, options));
    const [hits, resetInMs] = Array.isArray(answer) ? (answer as unknown[]) : [];
    return typeof hits === 'number' && typeof resetInMs === 'number'
      ? countedHit(hits, resetInMs, limit)
      : this.ownShare.increment(key, ttl, limit, blockDuration, name);
  }
}
