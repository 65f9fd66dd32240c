import { databaseUrls } from '../../apps/local/src/database.js';
import type { DatabaseUrls } from '../../apps/local/src/environments.js';
import { copyDatabase, dropDatabase } from './databases.js';
import { currentTestRun } from './test-run.js';

export interface ClonedDatabase {
  /** URLs of the superuser and of the three logins. */
  urls: DatabaseUrls;
  stop(): Promise<void>;
}

const noLogins = { api: undefined, worker: undefined, operations: undefined };

/** A copy of the run's migrated database, with its partners; for suites with the global setup. */
export async function cloneDatabase(): Promise<ClonedDatabase> {
  const run = currentTestRun();
  const url = await copyDatabase(run.templateUrl);
  return {
    urls: databaseUrls(url, noLogins, run.secrets),
    stop: () => dropDatabase(url),
  };
}
