import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The build puts it there, as seen from the entries, into which this file is bundled. */
const list = join(import.meta.dirname, '../../../migrations/index.js');

/** The times in the names of the migrations that the process was built with. */
export async function readShippedMigrations(): Promise<string[]> {
  const names = (await readFile(list, 'utf8')).matchAll(/'\.\/(\d{13})-/g);
  return [...names].flatMap(([, timestamp]) => timestamp ?? []);
}
