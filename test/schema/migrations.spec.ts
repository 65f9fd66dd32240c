import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { migrationNames } from '../../migrations/data-source.js';
import { migrate } from '../../migrations/migrate.js';
import { loginRoles, prepareSql, scramVerifier } from '../../migrations/roles.js';
import { withLogin } from '../support/databases.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';

const folder = join(import.meta.dirname, '../../migrations');

describe('the migrations', () => {
  let database: ScratchDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await startScratchDatabase({ migrated: false, ownServer: true });
    client = await database.connect();
  });
  afterAll(() => database?.stop());

  const failureOf = (options: Parameters<typeof migrate>[0]) =>
    migrate(options).then(
      () => 'accepted',
      (error: Error) => error.message,
    );

  it('are all exported: a file that index.ts forgets would never run', () => {
    const files = readdirSync(folder).filter((name) => /^\d{13}-.+\.ts$/.test(name));
    const stamps = files.map((name) => name.slice(0, 13));
    expect(migrationNames.map((name) => name.slice(-13)).toSorted()).toEqual(stamps.toSorted());
    expect(new Set(stamps).size).toBe(files.length);
  });

  it('run once when two are started at once; the second finds nothing to do (K32)', async () => {
    const options = { databaseUrl: database.url, logins: loginRoles.map(database.urlOf) };
    const results = await Promise.all([migrate(options), migrate(options), migrate(options)]);
    const counts = results.map(({ applied }) => applied.length).toSorted((a, b) => a - b);
    expect(counts).toEqual([0, 0, migrationNames.length]);
    const { rows } = await client.query('SELECT name FROM schema_migrations ORDER BY timestamp');
    expect(rows.map((row) => row.name)).toEqual(
      migrationNames.toSorted((a, b) => a.slice(-13).localeCompare(b.slice(-13))),
    );
  });

  it('give two databases of one server their roles at once', async () => {
    const urls = await Promise.all(['one', 'two', 'three'].map(database.createDatabase));
    const results = await Promise.all(
      urls.map((databaseUrl) => migrate({ databaseUrl, logins: loginRoles.map(database.urlOf) })),
    );
    expect(results.map(({ applied }) => applied.length)).toEqual(
      urls.map(() => migrationNames.length),
    );
  });

  it('take less than half a second when there is nothing to do', async () => {
    const startedAt = Date.now();
    await migrate({ databaseUrl: database.url, logins: loginRoles.map(database.urlOf) });
    expect(Date.now() - startedAt).toBeLessThan(500);
  });

  it.each(loginRoles)(
    'let %s log in with the password of its URL, stored as a verifier',
    async (role) => {
      const session = await database.connect(role);
      const { rows } = await session.query('SELECT current_user, session_user');
      expect(rows).toEqual([{ current_user: role, session_user: role }]);
      const stored = await client.query('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [
        role,
      ]);
      const [, salt] = /^SCRAM-SHA-256\$4096:([^$]+)\$/.exec(stored.rows[0].rolpassword) ?? [];
      expect(stored.rows[0].rolpassword).toBe(scramVerifier(role, Buffer.from(salt, 'base64')));
    },
  );

  it('run as the migrator, who is no superuser, in a database that is prepared', async () => {
    const url = await database.createDatabase('prepared');
    const session = await database.connectTo(url);
    await session.query(prepareSql);
    await session.query(`ALTER ROLE payments_migrator PASSWORD 'migrator'`);
    const migrator = withLogin(url, 'payments_migrator', 'migrator');
    const lines: string[] = [];
    const options = { databaseUrl: migrator, logins: [database.urlOf('payments_api')] };
    const { applied } = await migrate({ ...options, log: (line) => lines.push(line) });
    expect(applied).toHaveLength(migrationNames.length);
    expect(lines).toContain(
      'the passwords of the logins were left as they are: this user may not set them',
    );
    expect(lines.join()).toContain('the extension pg_stat_statements was left out');
    const { rows } = await session.query(
      `SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'`,
    );
    expect(rows).toEqual([{ tableowner: 'payments_owner' }]);
  });

  it('run as a role creator who owns the database', async () => {
    await client.query(`CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'keeper'`);
    const url = await database.createDatabase('kept');
    const name = new URL(url).pathname.slice(1);
    await client.query(`ALTER DATABASE ${name} OWNER TO keeper`);
    await client.query('GRANT payments_owner, payments_definer TO keeper WITH ADMIN OPTION');
    const keeper = withLogin(url, 'keeper');
    const { applied } = await migrate({ databaseUrl: keeper });
    expect(applied).toHaveLength(migrationNames.length);
  });

  it('say in one sentence what is wrong', async () => {
    expect(await failureOf({ databaseUrl: 'nonsense' })).toBe(
      'A database URL must look like postgres://user:password@host:port/name.',
    );
    const wrong = withLogin(database.url, 'postgres', 'wrong-password');
    const refused = await failureOf({ databaseUrl: wrong });
    expect(refused).toMatch(/^Can't connect to the database: password authentication failed/);
    expect(refused).not.toContain('wrong-password');
    const closed = 'postgres://someone:secret@127.0.0.1:1/nowhere';
    expect(await failureOf({ databaseUrl: closed })).toMatch(/^Can't connect .*ECONNREFUSED/);
    const login = 'postgres://someone:secret@127.0.0.1/nowhere';
    expect(await failureOf({ databaseUrl: database.url, logins: [login] })).toBe(
      'A login must be one of payments_api, payments_worker, payments_operations, not someone.',
    );
  });

  it('refuse roles that could walk around row-level security', async () => {
    await client.query('ALTER ROLE payments_worker BYPASSRLS');
    expect(await failureOf({ databaseUrl: database.url })).toBe(
      'payments_worker must be neither superuser nor BYPASSRLS.',
    );
    await client.query('ALTER ROLE payments_worker NOBYPASSRLS');
  });

  it('wait for another one only so long', async () => {
    await client.query(`SELECT pg_advisory_lock(hashtextextended('payments-migrations', 0))`);
    expect(await failureOf({ databaseUrl: database.url, lockTimeoutMs: 50 })).toMatch(
      /^Another migration is still running/,
    );
    await client.query('SELECT pg_advisory_unlock_all()');
  });
});

describe('a migrator without the right to make roles', () => {
  it('names the missing roles and the SQL that an administrator runs', async () => {
    const database = await startScratchDatabase({ migrated: false, ownServer: true });
    try {
      const client = await database.connect();
      const { rows } = await client.query(`SELECT to_regrole('payments_owner') AS found`);
      await client.query(`CREATE ROLE stranger LOGIN PASSWORD 'stranger'`);
      const stranger = withLogin(database.url, 'stranger');
      const message = await migrate({ databaseUrl: stranger }).catch(
        (error: Error) => error.message,
      );
      await client.query('DROP ROLE stranger');
      expect(rows).toEqual([{ found: null }]);
      expect(message).toMatch(
        /^stranger may not create the missing roles payments_owner, .*; let an administrator run: DO .* CREATE ROLE payments_definer NOLOGIN/,
      );
    } finally {
      await database.stop();
    }
  });
});
