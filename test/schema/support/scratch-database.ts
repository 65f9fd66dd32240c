import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import pg from 'pg';
import { placePostgres } from '../../../apps/local/src/postgres-place.js';
import { startPostgres } from '../../../apps/local/src/postgres.js';
import { migrate } from '../../../migrations/migrate.js';
import { loginRoles, type LoginRole } from '../../../migrations/roles.js';

/** A database of its own on a real server. Dates are kept in Bangkok's time zone, seven hours off. */
export interface ScratchDatabase {
  /** URL of a superuser. */
  url: string;
  /** URL of the same database for one of the logins. */
  urlOf(role: LoginRole): string;
  /** Opens a connection, as a superuser unless a role is named; `stop` closes it. */
  connect(role?: LoginRole): Promise<pg.Client>;
  /** Opens a connection by URL; `stop` closes it. */
  connectTo(url: string): Promise<pg.Client>;
  /** Makes one more, empty database on the same server and returns its superuser's URL. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

// A server takes its time on a busy machine, and a hook that gives up would leave it running.
jest.setTimeout(120_000);

const unsafeButFast = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * Starts a server with an empty or a migrated database; with TEST_DATABASE_URL, the URL of a
 * superuser, makes the database there instead, unless the test changes roles of the whole server.
 */
export async function startScratchDatabase(
  options: { migrated?: boolean; ownServer?: boolean } = {},
): Promise<ScratchDatabase> {
  const shared = options.ownServer ? undefined : process.env.TEST_DATABASE_URL;
  const server = shared ? { url: shared, stop: async () => undefined } : await startServer();
  const names: string[] = [];
  const clients: pg.Client[] = [];
  const connectTo = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    clients.push(client);
    return client;
  };
  const createDatabase = async (name: string) => {
    const full = `${name}_${randomBytes(4).toString('hex')}`;
    await runOnce(server.url, `CREATE DATABASE ${full}`);
    await runOnce(server.url, `ALTER DATABASE ${full} SET timezone = 'Asia/Bangkok'`);
    names.push(full);
    return withParts(server.url, { database: full });
  };
  const url = await createDatabase('payments');
  const urlOf = (role: LoginRole) => withParts(url, { user: role, password: role });
  if (options.migrated !== false) {
    await migrate({ databaseUrl: url, logins: loginRoles.map(urlOf) });
  }
  const stop = async () => {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
    for (const name of names) await runOnce(server.url, `DROP DATABASE ${name} WITH (FORCE)`);
    await server.stop();
  };
  const connect = (role?: LoginRole) => connectTo(role ? urlOf(role) : url);
  return { url, urlOf, connect, connectTo, createDatabase, stop };
}

/** The same URL with another user or database. */
export function withParts(
  text: string,
  parts: { user?: string; password?: string; database?: string },
): string {
  const url = new URL(text);
  if (parts.user) url.username = parts.user;
  if (parts.password) url.password = parts.password;
  if (parts.database) url.pathname = `/${parts.database}`;
  return url.href;
}

async function startServer() {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'payments-schema-'));
  fs.chmodSync(home, 0o711);
  const place = placePostgres(home);
  const server = await startPostgres({
    place,
    password: randomBytes(18).toString('base64url'),
    database: 'postgres',
    logFile: path.join(home, 'postgres.log'),
    settings: { ...unsafeButFast, timezone: 'Asia/Bangkok' },
  });
  const stop = async () => {
    await server.stop();
    fs.rmSync(home, { recursive: true, force: true });
    if (place.outsideDir) fs.rmSync(place.outsideDir, { recursive: true, force: true });
  };
  return { url: server.url, stop };
}

async function runOnce(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
