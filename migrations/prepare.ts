import pg from 'pg';
import {
  allRoles,
  optionalExtensions,
  prepareSql,
  requiredExtensions,
  rolesSql,
  scramVerifier,
  stateSql,
  tuneSql,
  type DatabaseState,
  type LoginRole,
} from './roles.js';
import { MigrationError } from './migration-error.js';

type Log = (line: string) => void;

/** Makes roles, rights and extensions that are missing; true when a migration ran here before. */
export async function prepareDatabase(client: pg.Client, log: Log): Promise<boolean> {
  const state = await readState(client);
  if (state.unsafe_roles.length > 0) {
    throw new MigrationError(
      `${state.unsafe_roles.join(', ')} must be neither superuser nor BYPASSRLS.`,
    );
  }
  if (state.missing_roles.length > 0 && !state.may_create_roles) {
    throw new MigrationError(
      `${state.user} may not create the missing roles ${state.missing_roles.join(', ')}; ` +
        `let an administrator run: ${rolesSql.replace(/\s+/g, ' ').trim()}`,
    );
  }
  if (state.missing_roles.length > 0 || !state.owner_ready) {
    await retryOnRace(() => client.query(prepareSql)).catch((error: unknown) => {
      throw new MigrationError(
        `${state.user} can't prepare the roles and rights: ${(error as Error).message}; ` +
          `let a superuser run the migration once.`,
      );
    });
  }
  if (!state.operations_monitor) {
    await retryOnRace(() => client.query('GRANT pg_monitor TO payments_operations')).catch(() =>
      log('payments_operations lacks pg_monitor: a superuser can grant it'),
    );
  }
  if (!state.api_tuned) {
    await retryOnRace(() => client.query(tuneSql)).catch(() =>
      log(`lists may be slow: let an administrator run ${tuneSql}`),
    );
  }
  await createExtensions(client, state.missing_extensions, log);
  return state.has_history;
}

/** Sets each password as a verifier, or says in the log that an administrator has to. */
export async function setPasswords(
  client: pg.Client,
  logins: { role: LoginRole; password: string }[],
  log: Log,
): Promise<void> {
  const statements = logins
    .filter((login) => login.password !== '')
    .map((login) => `ALTER ROLE ${login.role} LOGIN PASSWORD '${scramVerifier(login.password)}'`);
  if (statements.length === 0) {
    return;
  }
  try {
    await retryOnRace(() => client.query(statements.join(';')));
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') {
      throw error;
    }
    log('the passwords of the logins were left as they are: this user may not set them');
  }
}

async function readState(client: pg.Client): Promise<DatabaseState> {
  const extensions = [...requiredExtensions, ...optionalExtensions];
  const result = await client.query<DatabaseState>(stateSql, [[...allRoles], extensions]);
  return result.rows[0];
}

async function createExtensions(client: pg.Client, missing: string[], log: Log): Promise<void> {
  for (const name of missing) {
    try {
      await client.query(`CREATE EXTENSION IF NOT EXISTS ${name}`);
    } catch (error) {
      if (requiredExtensions.some((required) => required === name)) {
        throw new MigrationError(
          `The extension ${name} can't be created: ${(error as Error).message}; ` +
            `let a superuser run CREATE EXTENSION ${name}.`,
        );
      }
      log(`the extension ${name} was left out: ${(error as Error).message}`);
    }
  }
}

// Roles belong to the whole server: a migration of another database may change them meanwhile.
async function retryOnRace<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      const code = (error as { code?: string }).code ?? '';
      if (tries >= 20 || !['XX000', '23505', '42710', '40P01'].includes(code)) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20 * tries));
    }
  }
}
