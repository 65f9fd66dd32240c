import * as fs from 'node:fs';
import * as path from 'node:path';
import { queryOnce } from './databases.js';
import { leave, readLeftovers, wantsLeftovers } from './leftovers.js';
import { rootDir } from './test-run.js';

const kind = 'filled-columns';

/** The tables of the owner's design and their columns. */
export function readDesign(): Map<string, string[]> {
  const seed = fs.readFileSync(path.join(rootDir, 'test/schema/seed.sql'), 'utf8');
  const tables = [...seed.matchAll(/^CREATE TABLE (\w+) \(\n([\s\S]*?)^\);/gm)];
  return new Map(
    tables.map(([, table = '', body = '']) => [
      table,
      [...body.matchAll(/^ {4}([a-z_]+) \w/gm)].map(([, column = '']) => column),
    ]),
  );
}

/** Notes the design's columns that some row of this database fills, as `table.column`. */
export async function noteFilledColumns(databaseUrl: string): Promise<void> {
  if (!wantsLeftovers()) return;
  const selects = [...readDesign()].map(([table, columns]) => {
    const filled = columns.map((column) => `bool_or(${column} IS NOT NULL) AS ${column}`);
    return `SELECT '${table}' AS table, to_jsonb(f) AS filled
      FROM (SELECT ${filled.join(', ')} FROM ${table}) AS f`;
  });
  const rows = await queryOnce<{ table: string; filled: Record<string, boolean> }>(
    databaseUrl,
    selects.join(' UNION ALL '),
  );
  const names = rows.flatMap(({ table, filled }) =>
    Object.keys(filled).flatMap((column) => (filled[column] ? [`${table}.${column}`] : [])),
  );
  leave(kind, names);
}

/** What all systems of the run filled together, and how many there were. */
export function readFilledColumns(): { systems: number; filled: Set<string> } {
  const names = readLeftovers<string[]>(kind);
  return { systems: names.length, filled: new Set(names.flat()) };
}
