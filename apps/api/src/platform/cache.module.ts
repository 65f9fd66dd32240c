import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { Keyv } from 'keyv';
import { MetricsService } from './metrics.service.js';
import { RedisLink } from './redis-link.js';
import { RedisModule } from './redis.module.js';

/** Partner details and look-ups: in the process first, then in Redis when there is one. */
@Module({
  imports: [
    CacheModule.registerAsync({
      isGlobal: true,
      imports: [RedisModule],
      inject: [RedisLink, MetricsService],
      useFactory: (redis: RedisLink, metrics: MetricsService) => {
        const memory = new Keyv({ stats: true });
        const shared = redis.isConfigured ? redisCache(redis) : undefined;
        measureCache(metrics, { memory, ...(shared && { redis: shared }) });
        if (shared) measureRedis(metrics, redis);
        return { stores: [memory, ...(shared ? [shared] : [])] };
      },
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
  return new Keyv({ store, namespace: 'payments', stats: true });
}

function measureCache(metrics: MetricsService, stores: Record<string, Keyv>): void {
  const name = 'cache_lookups_total';
  const help = 'Look-ups in the caches of partners and of the catalog: in memory, then in Redis.';
  metrics.addTotals({ name, help, labels: ['store', 'result'] }, () =>
    Object.entries(stores).flatMap(([store, { stats }]) => [
      { name, labels: { store, result: 'hit' }, value: stats.hits },
      { name, labels: { store, result: 'miss' }, value: stats.misses },
    ]),
  );
}

function measureRedis(metrics: MetricsService, redis: RedisLink): void {
  const name = 'redis_up';
  const help = 'Whether Redis answers this process: 1 or 0. Payments go on without it.';
  metrics.addLevels([{ name, help }], () => [{ name, value: Number(redis.isReady) }]);
}
