import { queryOnce } from '../../support/databases.js';
import type { TestSystem } from '../../support/system.js';
import { until } from './until.js';

type Table = 'transactions' | 'refunds';

/** What is known of a payment or a refund whose answer was lost. */
export interface UnknownRow {
  id: string;
  status: string;
  /** Of a refund, or of the last attempt of a payment. */
  certainty: string;
  /** Whether the worker asks within two minutes; null when it asks no more. */
  is_scheduled: boolean | null;
  sync_count: number;
}

const scheduled = `t.next_sync_at BETWEEN clock_timestamp()
  AND clock_timestamp() + interval '2 minutes' AS is_scheduled`;

const read = {
  transactions: `SELECT t.id, t.status, a.certainty, t.sync_count, ${scheduled}
    FROM transactions AS t JOIN transaction_attempts AS a
      ON a.transaction_id = t.id AND a.attempt_no = t.retry_count + 1
    WHERE t.id = ANY ($1)`,
  refunds: `SELECT t.id, t.status, t.certainty, t.sync_count, ${scheduled}
    FROM refunds AS t WHERE t.id = ANY ($1)`,
};

/** Leaves alone what a worker has taken: its lease ends within 45 s, a schedule after a minute at least. */
const notLeased = `status = 'processing' AND id = ANY ($1)
  AND next_sync_at > clock_timestamp() + interval '50 s'`;
const due = {
  transactions: `UPDATE transactions SET next_sync_at = clock_timestamp() WHERE ${notLeased}`,
  refunds: `UPDATE refunds SET next_sync_at = clock_timestamp() WHERE ${notLeased}`,
};

const lastLook = 10;
const aged = {
  transactions: `WITH a AS (UPDATE transaction_attempts SET started_at = started_at - interval '7 days'
      WHERE transaction_id = ANY ($1))
    UPDATE transactions SET sync_count = ${lastLook} WHERE id = ANY ($1)`,
  refunds: `WITH unguarded AS (SELECT set_config('session_replication_role', 'replica', true))
    UPDATE refunds SET created_at = created_at - interval '7 days', sync_count = ${lastLook}
    FROM unguarded WHERE id = ANY ($1)`,
};

/** The rows, in the order of the ids. */
export async function readUnknown(
  system: TestSystem,
  table: Table,
  ids: string[],
): Promise<UnknownRow[]> {
  const rows = await queryOnce<UnknownRow>(system.database.admin, read[table], [ids]);
  return ids.map((id) => rows.find((row) => row.id === id) as UnknownRow);
}

/** The schedule asks after a minute at first, then later and later; this makes it now. */
export async function askNow(system: TestSystem, table: Table, ids: string[]): Promise<void> {
  await queryOnce(system.database.admin, due[table], [ids]);
}

/** Brings the worker's first look at a payment forward, and waits until it has looked. */
export async function askOnce(system: TestSystem, id: string): Promise<void> {
  // Again and again: a webhook that is applied in between puts the look off once more.
  const soon = `UPDATE transactions SET next_sync_at = clock_timestamp()
    WHERE id = $1 AND sync_count = 0`;
  const looked = `SELECT FROM transactions WHERE id = $1 AND (status <> 'processing'
    OR sync_count > 0
      AND COALESCE(next_sync_at, 'infinity') > clock_timestamp() + interval '50 s')`;
  await until(
    'the worker',
    async () => {
      await queryOnce(system.database.admin, soon, [id]);
      return queryOnce(system.database.admin, looked, [id]);
    },
    (rows) => rows.length > 0,
  );
}

/** So long ago that every provider has forgotten the key. The next look is the last of the schedule. */
export async function age(system: TestSystem, table: Table, ids: string[]): Promise<void> {
  await queryOnce(system.database.admin, aged[table], [ids]);
}

/** Makes the worker ask again and again, until it knows of all. */
export function untilKnown(
  system: TestSystem,
  table: Table,
  ids: string[],
  isKnown: (row: UnknownRow) => boolean,
): Promise<UnknownRow[]> {
  const ask = async () => {
    await askNow(system, table, ids);
    return readUnknown(system, table, ids);
  };
  return until('the worker to know', ask, (rows) => rows.every(isKnown), 20_000);
}
