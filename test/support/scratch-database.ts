import { randomBytes } from 'node:crypto';
import { databaseUrls } from '../../apps/local/src/database.js';
import type { DatabaseUrls } from '../../apps/local/src/environments.js';
import { generateSecrets } from '../../apps/local/src/secrets.js';
import { migrate } from '../../migrations/migrate.js';
import { copyDatabase, dropDatabase } from './databases.js';
import { makeTestDirectory } from './test-directory.js';
import { currentTestRun } from './test-run.js';
import { startTestServer } from './test-server.js';

export interface ScratchDatabase {
  /** URLs of the superuser and of the three logins. */
  urls: DatabaseUrls;
  stop(): Promise<void>;
}

const noLogins = { api: undefined, worker: undefined, operations: undefined };

/** A copy of the run's migrated database, with its partners; for suites with the global setup. */
export async function cloneDatabase(): Promise<ScratchDatabase> {
  const run = currentTestRun();
  const url = await copyDatabase(run.templateUrl);
  return {
    urls: databaseUrls(url, noLogins, run.secrets),
    stop: () => dropDatabase(url),
  };
}

/** A server of its own with an empty database, migrated unless told otherwise. Needs no global setup. */
export async function startScratchDatabase(options = { migrated: true }): Promise<ScratchDatabase> {
  const secrets = generateSecrets();
  const name = `scratch_${randomBytes(4).toString('hex')}`;
  const server = await startTestServer(makeTestDirectory(), name, secrets.superuser_password);
  const urls = databaseUrls(server.url, noLogins, secrets);
  if (options.migrated) {
    const logins = [urls.api, urls.worker, urls.operations];
    await migrate({ databaseUrl: urls.admin, logins });
  }
  return { urls, stop: () => server.stop() };
}
