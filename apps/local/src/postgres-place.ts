import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  canOthersReach,
  copyBinaries,
  findNativeDirectory,
  isOpenToOthers,
  linkLibraries,
  unprivilegedAccount,
} from './postgres-binaries.js';
import type { Account } from './postgres-binaries.js';

/** Where an embedded server finds its programs and its data, and who runs it. */
export interface PostgresPlace {
  account: Account | undefined;
  nativeDir: string;
  dataDir: string;
  /** A directory outside of `home`, when the account can't reach `home` or the installed programs. */
  outsideDir: string | undefined;
}

/**
 * Chooses the place for a server that belongs to the directory `home`, which must exist.
 * `outsideDir` is what an earlier call returned; it is used again.
 */
export function placePostgres(home: string, outsideDir?: string): PostgresPlace {
  const nativeDir = findNativeDirectory();
  linkLibraries(nativeDir);
  const account = unprivilegedAccount();
  const inside = path.join(home, 'data');
  if (!account) return { account, nativeDir, dataDir: inside, outsideDir: undefined };

  const needsCopy = !['bin', 'lib', 'share'].every((name) =>
    isOpenToOthers(path.join(nativeDir, name)),
  );
  const keepsDataOutside = !canOthersReach(home);
  if (!needsCopy && !keepsDataOutside) {
    return { account, nativeDir, dataDir: inside, outsideDir: undefined };
  }
  const outside = outsideDir && fs.existsSync(outsideDir) ? outsideDir : makeOutsideDirectory();
  return {
    account,
    nativeDir: needsCopy ? copyBinaries(nativeDir, outside) : nativeDir,
    dataDir: keepsDataOutside ? path.join(outside, 'data') : inside,
    outsideDir: outside,
  };
}

/** The random name keeps other accounts of the machine from preparing the directory. */
function makeOutsideDirectory(): string {
  const parent = ['/var/tmp', os.tmpdir()].find((candidate) => fs.existsSync(candidate));
  const directory = fs.mkdtempSync(path.join(parent ?? os.tmpdir(), 'payments-postgres-'));
  fs.chmodSync(directory, 0o711);
  return directory;
}
