import pg from 'pg';
import { createMigrationDataSource, migrationNames, migrationsTableName } from './data-source.js';
import { MigrationError } from './migration-error.js';
import { prepareDatabase, setPasswords } from './prepare.js';
import { loginRoles, type LoginRole } from './roles.js';

export interface MigrateOptions {
  /** A superuser's, a role creator's or a member of payments_owner; a direct connection. */
  databaseUrl: string;
  /** URLs of payments_api, payments_worker and payments_operations, whose passwords are set. */
  logins?: string[];
  /** How long to wait for another migration to end; 120 s by default. */
  lockTimeoutMs?: number;
  log?: (line: string) => void;
}

export interface MigrateResult {
  /** Class names of the migrations that this call applied, oldest first. */
  applied: string[];
}

const advisoryLock = 'payments-migrations';

/**
 * Brings a database to the newest schema: roles, extensions, then each migration in a transaction of
 * its own. Two calls at once take turns, and the second one finds nothing to do.
 * @throws MigrationError when the connection, the rights or a login's name stand in the way.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const log = options.log ?? (() => undefined);
  const logins = (options.logins ?? []).map(readLogin);
  const client = new pg.Client({
    connectionString: readUrl(options.databaseUrl).href,
    application_name: 'payments-migrate',
    connectionTimeoutMillis: 10_000,
  });
  client.on('notice', (notice) => log(`${notice.severity ?? 'NOTICE'}: ${notice.message ?? ''}`));
  try {
    await client.connect();
  } catch (error) {
    throw new MigrationError(`Can't connect to the database: ${reasonOf(error)}.`);
  }
  try {
    await takeTurn(client, options.lockTimeoutMs ?? 120_000);
    const hasHistory = await prepareDatabase(client, log);
    await setPasswords(client, logins, log);
    const applied = await applyPending(client, options.databaseUrl, hasHistory, log);
    await showHistory(client);
    return { applied };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function takeTurn(client: pg.Client, timeoutMs: number): Promise<void> {
  await client.query(`SELECT set_config('lock_timeout', $1, false)`, [`${Math.ceil(timeoutMs)}ms`]);
  try {
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [advisoryLock]);
  } catch (error) {
    throw new MigrationError(`Another migration is still running: ${reasonOf(error)}.`);
  }
}

async function applyPending(
  client: pg.Client,
  databaseUrl: string,
  hasHistory: boolean,
  log: (line: string) => void,
): Promise<string[]> {
  const done = new Set<string>();
  if (hasHistory) {
    await client.query('SET ROLE payments_owner');
    const rows = await client.query<{ name: string }>(`SELECT name FROM ${migrationsTableName}`);
    for (const row of rows.rows) done.add(row.name);
    await client.query('RESET ROLE');
  }
  if (migrationNames.every((name) => done.has(name))) {
    return [];
  }
  const dataSource = createMigrationDataSource(databaseUrl);
  await dataSource.initialize();
  try {
    const applied = await dataSource.runMigrations();
    for (const migration of applied) log(`applied ${migration.name}`);
    return applied.map((migration) => migration.name);
  } finally {
    await dataSource.destroy();
  }
}

/** The API is ready once everything that it comes with is applied. */
async function showHistory(client: pg.Client): Promise<void> {
  await client.query('SET ROLE payments_owner');
  await client.query(`GRANT SELECT ("timestamp") ON ${migrationsTableName} TO payments_api`);
  await client.query('RESET ROLE');
}

function readUrl(text: string): URL {
  try {
    const url = new URL(text);
    if (['postgres:', 'postgresql:'].includes(url.protocol)) {
      return url;
    }
  } catch {
    // falls through to the one error below, which never shows the text: it may hold a password
  }
  throw new MigrationError(
    'A database URL must look like postgres://user:password@host:port/name.',
  );
}

function readLogin(text: string): { role: LoginRole; password: string } {
  const url = readUrl(text);
  const role = loginRoles.find((name) => name === decodeURIComponent(url.username));
  if (!role) {
    throw new MigrationError(
      `A login must be one of ${loginRoles.join(', ')}, not ${decodeURIComponent(url.username)}.`,
    );
  }
  return { role, password: decodeURIComponent(url.password) };
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? (error.message || error.name).replace(/\.$/, '') : String(error);
