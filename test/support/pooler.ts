import * as path from 'node:path';
import { type Pgbouncer, startPgbouncer } from '../../apps/local/src/ha/pgbouncer.js';
import { unprivilegedAccount } from '../../apps/local/src/postgres-binaries.js';
import { rootDir } from './test-run.js';

/** Says that the processes of all systems reach their database by way of PgBouncer. */
const poolerVariable = 'TEST_PGBOUNCER';

/** Several systems at once share one server: each of their logins gets so many of its connections. */
const poolSize = 12;

/** Starts PgBouncer before the server of the run, if that is what the run is for. */
export async function startPooler(
  directory: string,
  superuserUrl: string,
): Promise<Pgbouncer | undefined> {
  if (!process.env[poolerVariable]) return undefined;
  return startPgbouncer({
    ...{ directory, superuserUrl, poolSize, account: unprivilegedAccount() },
    deployDir: path.join(rootDir, 'deploy/ha/pgbouncer'),
  });
}
