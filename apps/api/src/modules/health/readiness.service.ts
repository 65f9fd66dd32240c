import type { ProviderRegistry } from '@libs/providers';
import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v4 as uuidv4 } from 'uuid';
import { type Config, CONFIG } from '../../config.js';
import { PROVIDERS } from '../../platform/providers.module.js';
import type { ReadinessDto } from './health.dto.js';

const checkTimeoutMs = 1_500;
const probeTtlMs = 10_000;

/** Whether this process can take requests, and which of its parts answer. */
@Injectable()
export class Readiness {
  private draining = false;
  private databaseCheck: Promise<boolean> | undefined;
  private readonly probeKey = `health:${uuidv4()}`;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
    @Inject(PROVIDERS) private readonly providers: ProviderRegistry,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** From now on the process is not ready: it is about to stop. */
  drain(): void {
    this.draining = true;
  }

  /** Answers within 2 seconds, whatever hangs. Without Redis the process is ready all the same. */
  async check(): Promise<ReadinessDto> {
    const [database, redis] = await Promise.all([
      inTime(this.checkDatabase()),
      this.config.REDIS_URL === undefined ? undefined : inTime(this.checkRedis()),
    ]);
    return {
      status: database && !this.draining ? 'ready' : 'not_ready',
      database: database ? 'up' : 'down',
      ...(redis === undefined ? {} : { redis: redis ? 'up' : 'down' }),
      providers: this.describeProviders(),
      draining: this.draining,
    };
  }

  /** One check at a time: those of a database that hangs would take all connections of the pool. */
  private checkDatabase(): Promise<boolean> {
    this.databaseCheck ??= this.dataSource
      .query('SELECT 1')
      .then(
        () => true,
        () => false,
      )
      .finally(() => (this.databaseCheck = undefined));
    return this.databaseCheck;
  }

  /** The store behind the memory of the process is Redis. */
  private async checkRedis(): Promise<boolean> {
    const [, redis] = this.cache.stores;
    if (!redis) return false;
    await redis.set(this.probeKey, true, probeTtlMs);
    return (await redis.get(this.probeKey)) === true;
  }

  private describeProviders(): Record<string, string> {
    const on = this.providers
      .all()
      .map(({ code, account }) => [account === 'default' ? code : `${code}/${account}`, 'on']);
    const off = this.providers.off().map(({ code, reason }) => [code, `off: ${reason}`]);
    return Object.fromEntries([...on, ...off]) as Record<string, string>;
  }
}

async function inTime(check: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, checkTimeoutMs, false);
  });
  return Promise.race([check.catch(() => false), timeout]).finally(() => clearTimeout(timer));
}
