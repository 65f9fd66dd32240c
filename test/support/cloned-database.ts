import { databaseUrls } from '../../apps/local/src/database.js';
import type { DatabaseUrls } from '../../apps/local/src/environments.js';
import { copyDatabase, dropDatabase } from './databases.js';
import { currentTestRun } from './test-run.js';

export interface ClonedDatabase {
  /** URLs of the superuser and of the three logins. */
  urls: DatabaseUrls;
  /** URLs that processes are given: by way of PgBouncer when the run has one, but for the superuser's. */
  processUrls: DatabaseUrls;
  stop(): Promise<void>;
}

const noLogins = { api: undefined, worker: undefined, operations: undefined };

/** A copy of the run's migrated database, with its partners; for suites with the global setup. */
export async function cloneDatabase(): Promise<ClonedDatabase> {
  const run = currentTestRun();
  const url = await copyDatabase(run.templateUrl);
  const urls = databaseUrls(url, noLogins, run.secrets);
  return {
    urls,
    processUrls: run.poolerPort ? throughPort(urls, run.poolerPort) : urls,
    stop: () => dropDatabase(url),
  };
}

function throughPort(urls: DatabaseUrls, port: number): DatabaseUrls {
  const by = (login: string) => Object.assign(new URL(login), { port: String(port) }).toString();
  return { ...urls, api: by(urls.api), worker: by(urls.worker), operations: by(urls.operations) };
}
