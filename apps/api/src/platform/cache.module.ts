import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { Keyv } from 'keyv';
import { RedisLink } from './redis-link.js';
import { RedisModule } from './redis.module.js';

/** Partner details and look-ups: in the process first, then in Redis when there is one. */
@Module({
  imports: [
    CacheModule.registerAsync({
      isGlobal: true,
      imports: [RedisModule],
      inject: [RedisLink],
      useFactory: (redis: RedisLink) => ({
        stores: [new Keyv(), ...(redis.isConfigured ? [redisCache(redis)] : [])],
      }),
    }),
  ],
})
export class RedisOrMemoryCacheModule {}

/** A Redis that does not answer in time has nothing cached. */
function redisCache(redis: RedisLink): Keyv {
  const store = {
    get: (key: string) => redis.ask((cache) => cache.get(key)),
    set: (key: string, value: unknown, ttl?: number) =>
      redis.ask((cache) => cache.set(key, value, ttl)),
    delete: (key: string) => redis.ask((cache) => cache.del(key)),
    clear: () => redis.ask((cache) => cache.reset()),
    on: () => undefined,
  };
  return new Keyv({ store, namespace: 'payments' });
}
