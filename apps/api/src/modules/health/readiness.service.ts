import { TenantDatabase } from '@libs/database';
import type { ProviderRegistry } from '@libs/providers';
import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import { v4 as uuidv4 } from 'uuid';
import { PROVIDERS } from '../../platform/providers.module.js';
import type { ReadinessDto } from './health.dto.js';
import { MigrationsRepository } from './migrations.repository.js';

const checkTimeoutMs = 1_500;
const probeTtlMs = 10_000;

/** What is known of the database: `undefined` is nothing, in time. */
type DatabaseCheck = { migrations: 'applied' | 'pending' } | undefined;

/** Whether this process can take requests, and which of its parts answer. */
@Injectable()
export class Readiness {
  private draining = false;
  private databaseCheck: Promise<DatabaseCheck> | undefined;
  private readonly probeKey = `health:${uuidv4()}`;

  constructor(
    private readonly database: TenantDatabase,
    private readonly migrations: MigrationsRepository,
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
    @Inject(PROVIDERS) private readonly providers: ProviderRegistry,
  ) {}

  /** From now on the process is not ready: it is about to stop. */
  drain(): void {
    this.draining = true;
  }

  get isDraining(): boolean {
    return this.draining;
  }

  /** Answers within 2 seconds, whatever hangs. Without Redis the process is ready all the same. */
  async check(): Promise<ReadinessDto> {
    const [database, redis] = await Promise.all([
      inTime(this.checkDatabase(), undefined),
      this.hasRedis ? inTime(this.checkRedis(), false) : undefined,
    ]);
    const isExhausted = !database && this.database.isExhausted;
    const reasons = [
      ...(database || isExhausted ? [] : (['database_down'] as const)),
      ...(isExhausted ? (['pool_exhausted'] as const) : []),
      ...(database?.migrations === 'pending' ? (['migrations_pending'] as const) : []),
      ...(this.draining ? (['draining'] as const) : []),
    ];
    const unanswered = isExhausted ? 'unknown' : 'down';
    return {
      status: reasons.length === 0 ? 'ready' : 'not_ready',
      reasons,
      database: database ? 'up' : unanswered,
      migrations: database?.migrations ?? 'unknown',
      ...(redis === undefined ? {} : { redis: redis ? 'up' : 'down' }),
      providers: this.describeProviders(),
      draining: this.draining,
    };
  }

  /** One check at a time: those of a database that hangs would take all connections of the pool. */
  private checkDatabase(): Promise<DatabaseCheck> {
    this.databaseCheck ??= this.migrations
      .arePending()
      .then(
        (pending): DatabaseCheck => ({ migrations: pending ? 'pending' : 'applied' }),
        () => undefined,
      )
      .finally(() => (this.databaseCheck = undefined));
    return this.databaseCheck;
  }

  private get hasRedis(): boolean {
    return this.cache.stores.length > 1;
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

async function inTime<T>(check: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, checkTimeoutMs, otherwise);
  });
  return Promise.race([check.catch(() => otherwise), timeout]).finally(() => clearTimeout(timer));
}
