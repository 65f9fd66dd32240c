import { postgresOptions } from '@libs/database';
import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import { type InvariantName, invariantNames, invariants } from './invariant.statements.js';
import { hiddenTables } from './visibility.statements.js';

/** What one invariant found. */
export interface Finding {
  name: InvariantName;
  says: string;
  checked: number;
  violations: number;
  /** Ids of up to ten rows that break it. */
  examples: string[];
  /** Why it could not be checked; its numbers mean nothing then. */
  problem: string | null;
}

/** The database as the invariants read it: on two connections, opened when they are needed. */
export function invariantsOptions(url: string, timeoutMs: number): DataSourceOptions {
  const settings = {
    ...{ url, applicationName: 'payments-invariants', poolMin: 0, poolMax: 2 },
    ...{ idleTimeoutMs: 1_000, maxLifetimeSeconds: 3_600, acquireTimeoutMs: 10_000 },
    ...{ statementTimeoutMs: timeoutMs, lockTimeoutMs: timeoutMs },
    idleInTransactionTimeoutMs: timeoutMs,
  };
  return postgresOptions(settings, []);
}

/** How a check runs beside others. */
export interface CheckOptions {
  /** Stops the check; what was found until then is returned. */
  signal?: AbortSignal;
  /** Leaves the check to another process that is at it. */
  inTurn?: boolean;
}

interface Counts {
  checked: string;
  violations: string;
  examples: string[] | null;
}

/** The database transaction of one check. */
interface Reading {
  pid: number;
  began: string;
}

const beginReading = 'SET TRANSACTION READ ONLY';
const setTimeouts = `SELECT set_config('statement_timeout', $1, true),
  set_config('lock_timeout', $1, true), pg_backend_pid() AS pid, now()::text AS began`;
// Behind PgBouncer the session may be somebody else's by the time this arrives.
const cancelReading = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
  WHERE pid = $1 AND xact_start = $2::timestamptz`;
const takeTurn = `
SELECT pg_try_advisory_xact_lock(hashtextextended('payments-invariants', 0)) AS taken`;

/** Checks the invariants one after the other, each in a read-only database transaction of its own. */
export class InvariantsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly timeoutMs: number,
  ) {}

  /** @param now the moment at which nothing may be overdue and no partition missing */
  async checkAll(now: Date, options: CheckOptions = {}): Promise<Finding[]> {
    const findings: Finding[] = [];
    for (const name of invariantNames) {
      const finding = await this.check(name, now, options);
      if (!finding || options.signal?.aborted) break;
      findings.push(finding);
    }
    return findings;
  }

  /** @returns `undefined` when another process is at it */
  private async check(
    name: InvariantName,
    now: Date,
    { inTurn, signal }: CheckOptions,
  ): Promise<Finding | undefined> {
    const { says } = invariants[name];
    const nothing = { name, says, checked: 0, violations: 0, examples: [], problem: null };
    try {
      return await this.dataSource.transaction(async (manager) => {
        await manager.query(beginReading);
        const [reading] = await manager.query<Reading[]>(setTimeouts, [`${this.timeoutMs}ms`]);
        if (inTurn && !(await isMyTurn(manager))) return undefined;
        const cancel = () => reading && this.cancel(reading);
        signal?.addEventListener('abort', cancel);
        try {
          return { ...nothing, ...(await count(manager, name, now)) };
        } finally {
          signal?.removeEventListener('abort', cancel);
        }
      });
    } catch (error) {
      return { ...nothing, problem: error instanceof Error ? error.message : String(error) };
    }
  }

  /** A scan of minutes must not keep the process from stopping. */
  private cancel({ pid, began }: Reading): void {
    this.dataSource.query(cancelReading, [pid, began]).catch(() => undefined);
  }
}

async function isMyTurn(manager: EntityManager): Promise<boolean> {
  const [turn] = await manager.query<{ taken: boolean }[]>(takeTurn);
  return turn?.taken ?? false;
}

async function count(
  manager: EntityManager,
  name: InvariantName,
  now: Date,
): Promise<Partial<Finding>> {
  const values = invariants[name].text.includes('$1') ? [now] : [];
  const [counts] = await manager.query<Counts[]>(invariants[name].text, values);
  const [view] = await manager.query<{ hidden: string[] | null }[]>(hiddenTables, [
    tablesOf(invariants[name].text),
  ]);
  return {
    checked: Number(counts?.checked),
    violations: Number(counts?.violations),
    examples: counts?.examples ?? [],
    problem: view?.hidden ? `rows are hidden from this login: ${view.hidden.join(', ')}` : null,
  };
}

function tablesOf(text: string): string[] {
  return [...text.matchAll(/\b(?:FROM|JOIN) public\.(\w+)/g)].map(([, table = '']) => table);
}
