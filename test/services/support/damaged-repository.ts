import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Programs } from '../../../apps/local/src/backup/programs.js';
import type { ScratchDirectory } from '../../../apps/local/src/backup/scratch-directory.js';
import type { ScratchRepository } from '../../../apps/local/src/backup/scratch-repository.js';
import { Stanza } from '../../../apps/local/src/backup/stanza.js';

/** A copy of a repository, to be damaged. */
export async function copyRepository(
  programs: Programs,
  directory: ScratchDirectory,
  { repository, configFile, stanza }: ScratchRepository,
  name: string,
): Promise<{ repository: string; stanza: Stanza }> {
  const copy = path.join(directory.make(name), 'repository');
  await programs.require('cp', ['-a', repository, copy]);
  const changed = path.join(directory.path, `${name}.conf`);
  fs.writeFileSync(changed, fs.readFileSync(configFile, 'utf8').replace(repository, copy));
  fs.chmodSync(changed, 0o644);
  return { repository: copy, stanza: new Stanza(programs, stanza.name, changed) };
}

/** The files below a folder, in the order of their names. */
export function filesBelow(folder: string): string[] {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
}

export function segmentsOf(repository: string): string[] {
  return filesBelow(path.join(repository, 'archive')).filter((file) =>
    /\/[0-9A-F]{24}-[0-9a-f]{40}\.zst$/.test(file),
  );
}

/** Changes one byte in the middle. */
export function flipByte(file: string): void {
  const bytes = fs.readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
  fs.writeFileSync(file, bytes);
}
