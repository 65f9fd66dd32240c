import { CacheModule } from '@nestjs/cache-manager';
import { Logger, Module } from '@nestjs/common';
import { KeyvAdapter } from 'cache-manager';
import { Keyv, type KeyvStoreAdapter } from 'keyv';
import { type Config, CONFIG } from '../config.js';

const commandTimeoutMs = 100;

/** Partner details and look-ups: in the process first, then in Redis when there is one. */
@Module({
  imports: [
    CacheModule.registerAsync({
      isGlobal: true,
      inject: [CONFIG],
      useFactory: async (config: Config) => ({
        stores: [new Keyv(), ...(config.REDIS_URL ? await redisCache(config.REDIS_URL) : [])],
      }),
    }),
  ],
})
export class RedisOrMemoryCacheModule {}

/** An empty list when Redis is down: it is an accelerator, and the process starts without it. */
async function redisCache(url: string): Promise<Keyv[]> {
  try {
    const { redisStore } = await import('cache-manager-redis-yet');
    const store = await redisStore({
      url,
      disableOfflineQueue: true,
      socket: { connectTimeout: commandTimeoutMs * 10 },
    });
    store.client.on('error', () => undefined);
    return [
      new Keyv({ store: new TimeLimitedStore(store) as KeyvStoreAdapter, namespace: 'payments' }),
    ];
  } catch (error) {
    new Logger('Cache').warn(`Redis can't be reached, caching in memory: ${String(error)}`);
    return [];
  }
}

/** Falls through to a miss when Redis is slow or down, so that a payment never waits for it. */
class TimeLimitedStore extends KeyvAdapter {
  override async get<Value>(key: string) {
    return limited(super.get<Value>(key));
  }

  override async set(key: string, value: unknown, ttl?: number) {
    return (await limited(super.set(key, value, ttl))) ?? false;
  }
}

async function limited<T>(command: Promise<T>): Promise<T | undefined> {
  const timeout = new Promise<undefined>((resolve) => {
    setTimeout(resolve, commandTimeoutMs, undefined).unref();
  });
  return Promise.race([command.catch(() => undefined), timeout]);
}
