import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Names a folder in which every system of the tests, when it stops, leaves what is looked at after the run. */
const folderVariable = 'TEST_LEFTOVERS_DIR';

/** Leaves something of one kind, when a whole run wants it. */
export function leave(kind: string, content: object): void {
  const folder = process.env[folderVariable];
  if (!folder) return;
  fs.mkdirSync(path.join(folder, kind), { recursive: true });
  fs.writeFileSync(path.join(folder, kind, `${randomUUID()}.json`), JSON.stringify(content));
}

export function wantsLeftovers(): boolean {
  return Boolean(process.env[folderVariable]);
}

/** All that the run left of one kind. */
export function readLeftovers<Content>(kind: string): Content[] {
  const folder = process.env[folderVariable];
  if (!folder) throw new Error(`${folderVariable} is missing: npm test sets it`);
  const names = fs.readdirSync(path.join(folder, kind));
  return names.map((name) => {
    return JSON.parse(fs.readFileSync(path.join(folder, kind, name), 'utf8')) as Content;
  });
}
