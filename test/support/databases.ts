import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** The same server and user, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}

/** The same database for another login; in tests of the schema its password is its name. */
export function withLogin(url: string, user: string, password = user): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = password;
  return changed.toString();
}

export async function queryOnce<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Copies a database under a fresh name and answers its URL. Nobody may be connected to the template. */
export async function copyDatabase(templateUrl: string): Promise<string> {
  const template = new URL(templateUrl).pathname.slice(1);
  const name = `test_${randomBytes(6).toString('hex')}`;
  const serverUrl = withDatabase(templateUrl, 'postgres');
  await queryOnce(
    serverUrl,
    `CREATE DATABASE ${pg.escapeIdentifier(name)}
       TEMPLATE ${pg.escapeIdentifier(template)} STRATEGY file_copy`,
  );
  // CREATE DATABASE copies neither the grants on the database nor its settings per role.
  await queryOnce(
    serverUrl,
    `WITH source AS (SELECT oid, datacl, datdba FROM pg_database WHERE datname = $1),
          copy AS (UPDATE pg_database SET datacl = source.datacl, datdba = source.datdba
                     FROM source WHERE datname = $2 RETURNING pg_database.oid)
     INSERT INTO pg_db_role_setting (setdatabase, setrole, setconfig)
     SELECT copy.oid, setrole, setconfig
       FROM copy, source JOIN pg_db_role_setting ON setdatabase = source.oid`,
    [template, name],
  );
  return withDatabase(templateUrl, name);
}

export async function dropDatabase(url: string): Promise<void> {
  const name = pg.escapeIdentifier(new URL(url).pathname.slice(1));
  const serverUrl = withDatabase(url, 'postgres');
  await queryOnce(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

export async function disconnectAll(url: string): Promise<void> {
  await queryOnce(
    withDatabase(url, 'postgres'),
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
    [new URL(url).pathname.slice(1)],
  );
}
