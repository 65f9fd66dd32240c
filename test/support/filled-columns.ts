import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { queryOnce } from './databases.js';
import { rootDir } from './test-run.js';

/** Names a folder into which every system of the tests, when it stops, writes what it filled. */
const folderVariable = 'FILLED_COLUMNS_DIR';

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
  const folder = process.env[folderVariable];
  if (!folder) return;
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
  fs.writeFileSync(path.join(folder, `${randomUUID()}.json`), JSON.stringify(names));
}

/** What all systems of the run filled together, and how many there were. */
export function readFilledColumns(): { systems: number; filled: Set<string> } {
  const folder = process.env[folderVariable];
  if (!folder) throw new Error(`${folderVariable} is missing: npm test sets it`);
  const files = fs.readdirSync(folder).map((name) => path.join(folder, name));
  const names = files.flatMap((file) => JSON.parse(fs.readFileSync(file, 'utf8')) as string[]);
  return { systems: files.length, filled: new Set(names) };
}
