import { postgresOptions, TenantDatabase } from '@libs/database';
import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { type Config, CONFIG } from '../config.js';
import { CacheVersion } from './cache-version.entity.js';
import { CacheVersions } from './cache-versions.js';
import { type DatabaseLogin, refuseWrongLogin } from './login-check.js';
import { MetricsService } from './metrics.service.js';
import { measurePool } from './pool-levels.js';
import { TracedDatabase } from './traced-database.js';
import { type Tracing, TRACING } from './tracing.js';

const DATABASE_LOGIN = Symbol('DATABASE_LOGIN');

/** The data source of the process, as the login that its entry names. */
@Module({})
export class DatabaseModule implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(DATABASE_LOGIN) private readonly login: DatabaseLogin,
    private readonly metrics: MetricsService,
  ) {}

  async onModuleInit(): Promise<void> {
    measurePool(this.dataSource, this.metrics);
    await refuseWrongLogin(this.dataSource, this.login);
  }

  static forProcess(login: DatabaseLogin): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [CONFIG],
          useFactory: (config: Config) => dataSourceOptions(config, login),
        }),
        TypeOrmModule.forFeature([CacheVersion]),
      ],
      providers: [
        { provide: DATABASE_LOGIN, useValue: login },
        {
          provide: TenantDatabase,
          inject: [DataSource, TRACING],
          useFactory: (dataSource: DataSource, tracing: Tracing | undefined) =>
            tracing ? new TracedDatabase(dataSource, tracing) : new TenantDatabase(dataSource),
        },
        CacheVersions,
      ],
      exports: [TenantDatabase, CacheVersions],
    };
  }
}

export function dataSourceOptions(config: Config, login: DatabaseLogin): TypeOrmModuleOptions {
  const urls = {
    api: config.API_DATABASE_URL,
    worker: config.WORKER_DATABASE_URL,
    operations: config.OPERATIONS_DATABASE_URL,
  };
  const ofOneStart = login === 'worker' ? 1 : config.WEB_CONCURRENCY;
  const processes = config.POOL_PROCESSES * ofOneStart;
  const share = (total: number) => Math.max(1, Math.floor(total / processes));
  return {
    ...postgresOptions(
      {
        url: urls[login],
        applicationName: `payments-${login}`,
        poolMin: config.POOL_MIN === 0 ? 0 : share(config.POOL_MIN),
        poolMax: share(config.POOL_MAX),
        idleTimeoutMs: config.POOL_IDLE_TIMEOUT_MS,
        maxLifetimeSeconds: config.POOL_MAX_LIFETIME_SECONDS,
        acquireTimeoutMs: config.POOL_ACQUIRE_TIMEOUT_MS,
        statementTimeoutMs: config.STATEMENT_TIMEOUT_MS,
        lockTimeoutMs: config.LOCK_TIMEOUT_MS,
        idleInTransactionTimeoutMs: config.STATEMENT_TIMEOUT_MS,
      },
      [],
    ),
    autoLoadEntities: true,
    retryAttempts: 0,
  };
}
