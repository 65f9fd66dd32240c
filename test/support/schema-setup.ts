import { randomBytes } from 'node:crypto';
import { loginRoles } from '../../migrations/roles.js';
import { migrate } from '../../migrations/migrate.js';
import { disconnectAll, withLogin } from './databases.js';
import { makeTestDirectory, removeLeftovers } from './test-directory.js';
import { startTestServer } from './test-server.js';

let stopServer: (() => Promise<void>) | undefined;

/** Starts one server for the run with one migrated database, which each scratch database copies. */
export async function globalSetup(): Promise<void> {
  removeLeftovers();
  const directory = makeTestDirectory();
  const password = randomBytes(18).toString('base64url');
  const server = await startTestServer(directory, 'payments_schema', password);
  stopServer = server.stop;
  try {
    const logins = loginRoles.map((role) => withLogin(server.url, role));
    await migrate({ databaseUrl: server.url, logins });
    await disconnectAll(server.url);
    process.env.SCHEMA_TEMPLATE_URL = server.url;
  } catch (error) {
    await globalTeardown();
    throw error;
  }
}

export async function globalTeardown(): Promise<void> {
  await stopServer?.();
}
