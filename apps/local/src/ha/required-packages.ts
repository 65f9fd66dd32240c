import * as fs from 'node:fs';
import * as path from 'node:path';
import { StartFailure } from '../start-failure.js';

/** Debian keeps the programs of every version apart, and off the PATH. */
export const postgresDir = '/usr/lib/postgresql/15/bin';

/** What stands for each of the packages. */
const programs: Record<string, string> = {
  'etcd-server': 'etcd',
  haproxy: 'haproxy',
  patroni: 'patroni',
  pgbouncer: 'pgbouncer',
  'postgresql-15': path.join(postgresDir, 'postgres'),
};

/** The PATH, with the folder of servers that Debian gives to nobody but root. */
export function searchPath(): string {
  return [process.env.PATH, '/usr/sbin'].filter(Boolean).join(path.delimiter);
}

/** @throws StartFailure that names the Debian packages that are missing */
export function requirePackages(): void {
  const missing = Object.keys(programs).filter((name) => !isInstalled(programs[name] ?? name));
  if (missing.length === 0) return;
  const names = missing.join(' ');
  throw new StartFailure(`Debian packages are missing. Install them: apt-get install ${names}`);
}

function isInstalled(program: string): boolean {
  const folders = searchPath().split(path.delimiter);
  return folders.some((folder) => fs.existsSync(path.resolve(folder, program)));
}
