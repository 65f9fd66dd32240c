import type { Client, Pool, PoolClient, QueryResultRow } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { timeLimitsOf } from './postgres-options.js';

/** On whose behalf a database transaction runs. Row-level security and the triggers read it. */
export interface TenantScope {
  /** The partners whose rows may be seen and written; more than one only for a batch. */
  partnerIds: readonly string[];
  /** Who acts: `partner`, `operator:<name>`, `provider:<code>` or `system`. */
  actor: string;
  /** The UUID of the request that caused it. */
  requestId?: string;
}

/** SQLSTATE codes with which a server ends a session. */
const endOfSession = /^(?:08|57P0)/;

const setScope = `SELECT set_config('app.current_partner_id', $1, true),
  set_config('app.actor', $2, true), set_config('app.request_id', $3, true),
  set_config('statement_timeout', $4, true), set_config('lock_timeout', $5, true),
  set_config('idle_in_transaction_session_timeout', $6, true)`;

/**
 * Database transactions pinned to a tenant.
 *
 * The scope is local to the transaction, so a pooled connection carries nothing over, with or
 * without PgBouncer in transaction mode. So are the time limits: PgBouncer drops those of a session.
 */
export class TenantDatabase {
  private readonly limits: string[];

  constructor(private readonly dataSource: DataSource) {
    this.limits = timeLimitsOf(dataSource);
  }

  /**
   * Runs one statement as one database transaction in one round trip.
   *
   * @returns the rows of the statement, once the transaction is committed
   * @throws the statement's error; nothing is committed then. An error of the connection leaves
   *   open whether it was: repeat with the same idempotency key.
   */
  async statement<Row extends QueryResultRow>(
    scope: TenantScope,
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]> {
    const client = await this.pool.connect();
    const sent = inOnePacket(client, () => [
      client.query('BEGIN'),
      client.query(setScope, this.settingsOf(scope)),
      client.query<Row>(text, [...values]),
      client.query('COMMIT'),
    ]);
    const [begun, scoped, result, committed] = await Promise.allSettled(sent);
    const failures = [begun, scoped, result, committed].filter(isRejected);
    client.release(failures.some(({ reason }) => !isRefusal(reason)));
    const [failure] = failures;
    if (failure) throw failure.reason;
    return result.status === 'fulfilled' ? result.value.rows : [];
  }

  /**
   * Runs `work` in one database transaction. Beginning and scope travel with its first statement.
   *
   * `work` must not call a provider, and uses queries only: `save()` would begin a transaction of
   * its own.
   */
  async run<T>(scope: TenantScope, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    let committed = false;
    try {
      const opened = Promise.all([
        client.query('BEGIN'),
        client.query(setScope, this.settingsOf(scope)),
      ]);
      const [result] = await Promise.all([work(runner.manager), opened]);
      await client.query('COMMIT');
      committed = true;
      return result;
    } finally {
      if (!committed) await client.query('ROLLBACK').catch(() => undefined);
      await runner.release();
    }
  }

  private settingsOf({ partnerIds, actor, requestId }: TenantScope): string[] {
    return [partnerIds.join(','), actor, requestId ?? '', ...this.limits];
  }

  /** Whether all connections that the process may have are taken, and somebody waits for one. */
  get isExhausted(): boolean {
    const { waitingCount, idleCount, totalCount, options } = this.pool;
    return waitingCount > 0 && idleCount === 0 && totalCount >= options.max;
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
}

/** Writes to the socket once: a system call for each message costs more than the messages. */
function inOnePacket<T>(client: PoolClient, send: () => T): T {
  const { stream } = (client as unknown as Pick<Client, 'connection'>).connection;
  stream.cork();
  try {
    return send();
  } finally {
    stream.uncork();
  }
}

/** Whether PostgreSQL refused the statement, which leaves the connection as good as it was. */
function isRefusal(error: unknown): boolean {
  const { severity, code } = error as { severity?: unknown; code?: unknown };
  return typeof severity === 'string' && typeof code === 'string' && !endOfSession.test(code);
}

function isRejected(outcome: PromiseSettledResult<unknown>): outcome is PromiseRejectedResult {
  return outcome.status === 'rejected';
}
