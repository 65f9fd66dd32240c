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

/** Runs the command of the api against the running system, or against WORKER_DATABASE_URL when it is set. */
async function checkInvariants(): Promise<number> {
  const settings = readSettings(process.env, process.cwd());
  const databases = await findDatabase(settings);
  // The command reads the database alone; the other settings only have to be there.
  const env = apiEnvironment({
    ...{ databases, secrets: generateSecrets(), port: 0, environment: 'development' },
    ...{ apiUrl: 'http://127.0.0.1', sandboxUrl: 'http://127.0.0.1' },
    extra: settings.handedOn,
  });
  const entry = path.join(distDir, 'apps/api/src/command.js');
  const command = spawn(process.execPath, [entry, 'invariants', ...process.argv.slice(2)], {
    env,
    stdio: 'inherit',
  });
  return (await finished(command)).code ?? 1;
}

async function findDatabase(settings: LocalSettings): Promise<DatabaseUrls> {
  const { worker } = settings.loginUrls;
  if (worker) return { admin: worker, api: worker, worker, operations: worker };
  const { database_url: admin } = await findRunningSystem(settings.dataDir);
  const secrets = openSecrets(path.join(settings.dataDir, 'secrets.json'));
  return databaseUrls(admin, settings.loginUrls, secrets);
}

process.exitCode = await checkInvariants().catch((error: unknown) => {
  process.stderr.write(`${error instanceof StartFailure ? error.message : String(error)}\n`);
  return 1;
});
