import { migrate } from './migrate.js';
import { MigrationError } from './migration-error.js';

/** The command: reads the URLs from the environment, says what was applied, exits 1 on failure. */
async function main(): Promise<void> {
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) {
    throw new MigrationError('DATABASE_URL is missing: the URL of the migrator or a superuser.');
  }
  const logins = ['API_DATABASE_URL', 'WORKER_DATABASE_URL', 'OPERATIONS_DATABASE_URL']
    .map((name) => process.env[name])
    .filter((url): url is string => Boolean(url));
  const { applied } = await migrate({ databaseUrl, logins, log: (line) => console.log(line) });
  console.log(applied.length > 0 ? `${applied.length} migrations applied` : 'nothing to migrate');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
