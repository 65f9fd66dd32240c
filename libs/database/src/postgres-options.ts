import type { DataSource } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { EnduringClient } from './enduring-client.js';
import { SnakeCaseNaming } from './snake-case-naming.js';

/** How one process reaches PostgreSQL. Times are milliseconds unless the name says otherwise. */
export interface PostgresSettings {
  url: string;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  poolMin: number;
  poolMax: number;
  idleTimeoutMs: number;
  maxLifetimeSeconds: number;
  /** How long a caller waits for a free connection before it gets an error. */
  acquireTimeoutMs: number;
  statementTimeoutMs: number;
  lockTimeoutMs: number;
  idleInTransactionTimeoutMs: number;
}

interface TimeLimits {
  statement_timeout: number;
  lock_timeout: number;
  idle_in_transaction_session_timeout: number;
}

/**
 * TypeORM options of a data source that never changes the schema.
 *
 * Statements of one database transaction are pipelined on the wire, see `TenantDatabase`.
 */
export function postgresOptions(
  settings: PostgresSettings,
  entities: PostgresDataSourceOptions['entities'],
): PostgresDataSourceOptions {
  return {
    type: 'postgres',
    url: settings.url,
    entities,
    applicationName: settings.applicationName,
    namingStrategy: new SnakeCaseNaming(),
    synchronize: false,
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    extra: {
      Client: EnduringClient,
      pipeline: true,
      min: settings.poolMin,
      max: settings.poolMax,
      idleTimeoutMillis: settings.idleTimeoutMs,
      maxLifetimeSeconds: settings.maxLifetimeSeconds,
      connectionTimeoutMillis: settings.acquireTimeoutMs,
      keepAlive: true,
      // For a server that is gone without a word: the server's own limit comes first.
      query_timeout: settings.statementTimeoutMs + 2_000,
      statement_timeout: settings.statementTimeoutMs,
      lock_timeout: settings.lockTimeoutMs,
      idle_in_transaction_session_timeout: settings.idleInTransactionTimeoutMs,
    },
  };
}

/** The limits of statements, of waits for locks and of idle transactions, as PostgreSQL reads them. */
export function timeLimitsOf({ options }: DataSource): string[] {
  const limits = options.extra as TimeLimits;
  return [
    limits.statement_timeout,
    limits.lock_timeout,
    limits.idle_in_transaction_session_timeout,
  ].map(String);
}
