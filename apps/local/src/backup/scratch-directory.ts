import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Account } from '../postgres-binaries.js';

/** A directory that the account of PostgreSQL and its caller alone can enter. */
export interface ScratchDirectory {
  path: string;
  /** Makes a directory in it. */
  make(name: string): string;
  /** Has something ended before the directory is removed, the last one first. */
  beforeRemoval(end: () => Promise<void>): void;
  remove(): Promise<void>;
}

export function makeScratchDirectory(
  parent: string,
  account: Account | undefined,
  purpose = 'backup',
): ScratchDirectory {
  const directory = fs.mkdtempSync(path.join(parent, `payments-${purpose}-`));
  const give = (place: string) => {
    if (account) fs.chownSync(place, account.uid, account.gid);
    return place;
  };
  give(directory);
  const ends: (() => Promise<void>)[] = [];
  return {
    path: directory,
    make(name) {
      const made = path.join(directory, name);
      fs.mkdirSync(made, { mode: 0o700 });
      return give(made);
    },
    beforeRemoval: (end) => void ends.push(end),
    async remove() {
      for (const end of ends.splice(0).toReversed()) await end();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}
