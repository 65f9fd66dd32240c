import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { finished } from './processes.js';
import type { PostgresPlace } from './postgres-place.js';
import { StartFailure } from './start-failure.js';

/** The superuser of every embedded server. */
export const superuser = 'postgres';

/** Makes the data directory with initdb unless it exists. A crash half-way leaves nothing that looks finished. */
export async function createCluster(place: PostgresPlace, password: string): Promise<void> {
  const { dataDir } = place;
  const versionFile = path.join(dataDir, 'PG_VERSION');
  if (fs.existsSync(versionFile)) return refuseOtherMajor(place, versionFile);
  const unfinished = `${dataDir}.unfinished`;
  const passwordFile = `${dataDir}.password`;
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  fs.rmSync(passwordFile, { force: true });
  fs.writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (place.account) {
    fs.chownSync(unfinished, place.account.uid, place.account.gid);
    fs.chownSync(passwordFile, place.account.uid, place.account.gid);
  }
  try {
    await runInitdb(place, unfinished, passwordFile);
    fs.renameSync(unfinished, dataDir);
  } finally {
    fs.rmSync(passwordFile, { force: true });
    fs.rmSync(unfinished, { recursive: true, force: true });
  }
}

/** What every program of PostgreSQL is started with: its account and an environment without surprises. */
export function programOptions(place: PostgresPlace) {
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
  return { ...place.account, env, cwd: '/' };
}

async function runInitdb(place: PostgresPlace, dataDir: string, passwordFile: string) {
  const args = [
    ...['-D', dataDir, '-U', superuser, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    ...['--encoding', 'UTF8', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ...['--locale', 'C', '--no-sync', '--no-instructions'],
  ];
  const initdb = spawn(path.join(place.nativeDir, 'bin', 'initdb'), args, {
    ...programOptions(place),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  initdb.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exit = await finished(initdb);
  if (exit.code !== 0) {
    throw new StartFailure(`PostgreSQL could not create its data directory: ${errors.trim()}`);
  }
}

function refuseOtherMajor(place: PostgresPlace, versionFile: string): void {
  const found = fs.readFileSync(versionFile, 'utf8').trim();
  const installed = installedMajor(place.nativeDir);
  if (found === installed) return;
  throw new StartFailure(
    `The data in ${place.dataDir} was made by PostgreSQL ${found} and PostgreSQL ${installed} is installed. Nothing was changed: go back to the version of this project that brought PostgreSQL ${found} to keep the data, or set LOCAL_DATA_DIR to another directory, or give the data up with npm run reset.`,
  );
}

/** The first line of the bootstrap file is `# PostgreSQL <major>`; initdb checks it too. */
function installedMajor(nativeDir: string): string {
  const bootstrap = path.join(nativeDir, 'share', 'postgresql', 'postgres.bki');
  const firstLine = fs.readFileSync(bootstrap, 'utf8').split('\n', 1)[0] ?? '';
  return firstLine.replace(/\D/g, '');
}
