import pg from 'pg';
import type { DataDirectory } from './data-directory.js';
import type { DatabaseUrls } from './environments.js';
import { placePostgres } from './postgres-place.js';
import { startPostgres } from './postgres.js';
import type { PostgresServer } from './postgres.js';
import type { LocalSecrets } from './secrets.js';
import type { LocalSettings, LoginUrls } from './settings.js';
import { errorCodeOf, messageOf, StartFailure } from './start-failure.js';
import type { Progress } from './terminal.js';

/** Starts the embedded server unless DATABASE_URL names another, and brings the schema up to date. */
export async function prepareDatabase(
  settings: LocalSettings,
  directory: DataDirectory,
  secrets: LocalSecrets,
  progress: Progress,
  { onStarted }: { onStarted: (server: PostgresServer) => void },
): Promise<DatabaseUrls> {
  const migrations = loadMigrations();
  migrations.catch(() => undefined);
  const admin = settings.databaseUrl ?? (await startEmbedded());
  if (settings.databaseUrl) await checkDatabase('DATABASE_URL', settings.databaseUrl);
  const urls = databaseUrls(admin, settings.loginUrls, secrets);
  await progress.run(
    'Migrations',
    async () => migrateDatabase(await migrations, urls),
    (applied) => (applied.length ? `${applied.length} applied` : 'up to date'),
  );
  if (settings.databaseUrl) await checkLogins(urls);
  return urls;

  async function startEmbedded(): Promise<string> {
    const server = await progress.run(
      'PostgreSQL',
      () => startEmbeddedServer(directory, secrets),
      ({ reused }) => (reused ? 'the server of an earlier run' : ''),
    );
    onStarted(server);
    directory.updateMarker({ postgres_port: server.port });
    return server.url;
  }
}

function startEmbeddedServer(directory: DataDirectory, secrets: LocalSecrets) {
  const place = placePostgres(directory.postgresHome, directory.marker.postgres_outside_dir);
  directory.updateMarker({ postgres_outside_dir: place.outsideDir });
  return startPostgres({
    place,
    password: secrets.superuser_password,
    database: 'payments',
    logFile: directory.logFile('postgres'),
    preferredPort: directory.marker.postgres_port,
  });
}

/** The URLs of the three logins: those that were set, else the database's own with a generated password. */
export function databaseUrls(
  admin: string,
  logins: LoginUrls,
  secrets: LocalSecrets,
): DatabaseUrls {
  const loginOf = (user: string, password: string) => {
    const url = new URL(admin);
    url.username = user;
    url.password = password;
    return url.toString();
  };
  return {
    admin,
    api: logins.api ?? loginOf('payments_api', secrets.api_password),
    worker: logins.worker ?? loginOf('payments_worker', secrets.worker_password),
    operations: logins.operations ?? loginOf('payments_operations', secrets.operations_password),
  };
}

/** Who may not set the passwords of the logins has to name logins that have one. */
async function checkLogins({ api, worker, operations }: DatabaseUrls): Promise<void> {
  await checkDatabase('API_DATABASE_URL', api);
  await checkDatabase('WORKER_DATABASE_URL', worker);
  await checkDatabase('OPERATIONS_DATABASE_URL', operations);
}

/** Connects once, so that a wrong URL is one sentence instead of a process that fails. */
async function checkDatabase(setting: string, databaseUrl: string): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } catch (error) {
    const reason = explainConnection(error, new URL(databaseUrl));
    throw new StartFailure(`${setting} does not lead to a usable database: ${reason}.`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Loaded late, so that the server starts meanwhile. */
function loadMigrations() {
  return import('../../../migrations/migrate.js');
}

type Migrations = Awaited<ReturnType<typeof loadMigrations>>;

/** Creates the logins where it may and brings the schema up to date; answers the migrations applied. */
async function migrateDatabase({ migrate }: Migrations, urls: DatabaseUrls): Promise<string[]> {
  try {
    const logins = [urls.api, urls.worker, urls.operations];
    return (await migrate({ databaseUrl: urls.admin, logins })).applied;
  } catch (error) {
    throw new StartFailure(`The migrations failed: ${messageOf(error)}`);
  }
}

function explainConnection(error: unknown, url: URL): string {
  const target = `${url.hostname}:${url.port || '5432'}`;
  switch (errorCodeOf(error)) {
    case 'ECONNREFUSED':
      return `nothing listens on ${target}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host ${url.hostname} is unknown`;
    case '28P01':
    case '28000':
      return `${target} refuses the user "${url.username}" or its password`;
    case '3D000':
      return `${target} has no database "${url.pathname.slice(1)}"`;
    default:
      return `${target} says: ${messageOf(error).replace(/\.$/, '')}`;
  }
}
