import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { databaseUrls } from './database.js';
import { apiEnvironment } from './environments.js';
import type { DatabaseUrls } from './environments.js';
import { finished } from './processes.js';
import { findRunningSystem } from './running-system.js';
import { generateSecrets, openSecrets } from './secrets.js';
import { readSettings } from './settings.js';
import type { LocalSettings } from './settings.js';
import { StartFailure } from './start-failure.js';

const distDir = path.resolve(import.meta.dirname, '../../..');

/** Runs a command of the api against the running system, or against the login's URL when that is set. */
export async function runApiCommand(
  login: 'worker' | 'operations',
  words: readonly string[],
): Promise<void> {
  process.exitCode = await run(login, words).catch((error: unknown) => {
    process.stderr.write(`${error instanceof StartFailure ? error.message : String(error)}\n`);
    return 1;
  });
}

async function run(login: 'worker' | 'operations', words: readonly string[]): Promise<number> {
  const settings = readSettings(process.env, process.cwd());
  const databases = await findDatabase(settings, login);
  // The command reads the database alone; the other settings only have to be there.
  const env = apiEnvironment({
    ...{ databases, secrets: generateSecrets(), port: 0, environment: 'development' },
    ...{ apiUrl: 'http://127.0.0.1', sandboxUrl: 'http://127.0.0.1' },
    extra: settings.handedOn,
  });
  const entry = path.join(distDir, 'apps/api/src/command.js');
  const command = spawn(process.execPath, [entry, ...words], { env, stdio: 'inherit' });
  return (await finished(command)).code ?? 1;
}

async function findDatabase(
  settings: LocalSettings,
  login: 'worker' | 'operations',
): Promise<DatabaseUrls> {
  const url = settings.loginUrls[login];
  if (url) return { admin: url, api: url, worker: url, operations: url };
  const { database_url: admin } = await findRunningSystem(settings.dataDir);
  const secrets = openSecrets(path.join(settings.dataDir, 'secrets.json'));
  return databaseUrls(admin, settings.loginUrls, secrets);
}
