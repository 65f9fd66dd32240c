import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { LoginRole } from '../../../migrations/roles.js';
import {
  copyDatabase,
  dropDatabase,
  queryOnce,
  withDatabase,
  withLogin,
} from '../../support/databases.js';
import { makeTestDirectory } from '../../support/test-directory.js';
import { startTestServer } from '../../support/test-server.js';

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

/** Makes a migrated or an empty database on the server of the run, or on one of its own where roles change. */
export async function startScratchDatabase(
  options: { migrated?: boolean; ownServer?: boolean } = {},
): Promise<ScratchDatabase> {
  const template = process.env.SCHEMA_TEMPLATE_URL;
  if (!template) throw new Error('This suite needs the setup of the schema project.');
  const server = options.ownServer ? await startOwnServer() : undefined;
  const serverUrl = withDatabase(server?.url ?? template, 'postgres');
  const urls: string[] = [];
  const clients: pg.Client[] = [];
  const connectTo = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    clients.push(client);
    return client;
  };
  const keep = (url: string) => {
    urls.push(url);
    return url;
  };
  const createDatabase = async (name: string) => {
    const full = `${name}_${randomBytes(4).toString('hex')}`;
    await queryOnce(serverUrl, `CREATE DATABASE ${full}`);
    return keep(withDatabase(serverUrl, full));
  };
  const url =
    options.migrated === false
      ? await createDatabase('payments')
      : keep(await copyDatabase(template));
  const urlOf = (role: LoginRole) => withLogin(url, role);
  const stop = async () => {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
    await (server ? server.stop() : Promise.all(urls.map(dropDatabase)));
  };
  const connect = (role?: LoginRole) => connectTo(role ? urlOf(role) : url);
  return { url, urlOf, connect, connectTo, createDatabase, stop };
}

async function startOwnServer() {
  return startTestServer(makeTestDirectory(), 'postgres', randomBytes(18).toString('base64url'));
}
