import * as fs from 'node:fs';
import * as path from 'node:path';
import { placePostgres } from '../../apps/local/src/postgres-place.js';
import { type PostgresOptions, startPostgres } from '../../apps/local/src/postgres.js';
import { waitUntilGone } from '../../apps/local/src/process-table.js';

/** An embedded server for tests below `directory`: fast, and allowed to lose everything in a crash. */
export async function startTestServer(
  directory: string,
  database: string,
  password: string,
  settings: Record<string, string | number> = {},
) {
  const home = path.join(directory, 'postgres');
  fs.mkdirSync(home);
  fs.chmodSync(home, 0o711);
  const place = placePostgres(home);
  const logFile = path.join(directory, 'postgres.log');
  const options: PostgresOptions = {
    place,
    password,
    database,
    logFile,
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: 200,
      // Seven hours off UTC, where no time may be taken for another.
      timezone: 'Asia/Bangkok',
      // Copies of the template checkpoint at once; a big log between saves work.
      max_wal_size: '4GB',
      ...settings,
    },
  };
  let server = await startPostgres(options);
  return {
    url: server.url,
    logFile,
    /** Ends it as `pg_ctl stop -m immediate` does: no session is let finish, no data is written out. */
    async crash() {
      server.kill();
      await waitUntilGone(server.pid, 10_000);
    },
    /** Starts it again at the same port. */
    async revive() {
      server = await startPostgres({ ...options, preferredPort: server.port });
    },
    async stop() {
      server.kill();
      await server.stop();
      if (place.outsideDir) fs.rmSync(place.outsideDir, { recursive: true, force: true });
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}
