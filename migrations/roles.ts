import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** The roles that a process logs in as; `migrate` creates them and sets their passwords. */
export const loginRoles = ['payments_api', 'payments_worker', 'payments_operations'] as const;
export type LoginRole = (typeof loginRoles)[number];

export const allRoles = [
  'payments_owner',
  'payments_definer',
  'payments_migrator',
  ...loginRoles,
] as const;

export const requiredExtensions = ['pgcrypto', 'btree_gin'] as const;
export const optionalExtensions = ['pg_stat_statements'] as const;

// The owner is NOINHERIT: it can hand functions to payments_definer, but its policies never reach it.
const createRoles = `
DO $$ BEGIN
  IF to_regrole('payments_definer') IS NULL THEN CREATE ROLE payments_definer NOLOGIN; END IF;
  IF to_regrole('payments_owner') IS NULL THEN CREATE ROLE payments_owner NOLOGIN NOINHERIT; END IF;
  IF to_regrole('payments_migrator') IS NULL THEN CREATE ROLE payments_migrator LOGIN; END IF;
  IF to_regrole('payments_api') IS NULL THEN CREATE ROLE payments_api LOGIN; END IF;
  IF to_regrole('payments_worker') IS NULL THEN CREATE ROLE payments_worker LOGIN; END IF;
  IF to_regrole('payments_operations') IS NULL THEN CREATE ROLE payments_operations LOGIN; END IF;
END $$;
GRANT payments_definer TO payments_owner;
GRANT payments_owner TO payments_migrator;
`;

// Being a member is not enough since PostgreSQL 16, where the creator of a role may not take it on.
const joinOwner = `
DO $$ BEGIN
  SET LOCAL ROLE payments_owner;
  RESET ROLE;
EXCEPTION WHEN insufficient_privilege THEN
  EXECUTE format('GRANT payments_owner TO %I', session_user);
END $$;
`;

const grantDatabase = `
DO $$ BEGIN
  EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO payments_owner', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO payments_migrator, payments_api,'
    ' payments_worker, payments_operations', current_database());
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;
GRANT USAGE, CREATE ON SCHEMA public TO payments_owner WITH GRANT OPTION;
GRANT USAGE ON SCHEMA public
  TO payments_definer, payments_migrator, payments_api, payments_worker, payments_operations;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
`;

/** What an administrator runs by hand when the migrator may not create roles. */
export const rolesSql = createRoles;

/** Makes the roles, makes the caller a member of the owner, and gives the owner its database. */
export const prepareSql = createRoles + joinOwner + grantDatabase;

/**
 * A page of a partner comes from an index in exactly its order. By sorting what another index has nearly
 * in order, the planner would walk the rows of all partners instead.
 */
export const tuneSql = 'ALTER ROLE payments_api SET enable_incremental_sort = off';

/** One row that says what is still to be prepared; it changes nothing. */
export const stateSql = `
SELECT current_user AS "user",
  (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) AS may_create_roles,
  ARRAY(SELECT r FROM unnest($1::text[]) AS r WHERE to_regrole(r) IS NULL) AS missing_roles,
  ARRAY(SELECT rolname::text FROM pg_roles
    WHERE rolname = ANY ($1::text[]) AND (rolsuper OR rolbypassrls)) AS unsafe_roles,
  ARRAY(SELECT e FROM unnest($2::text[]) AS e WHERE NOT EXISTS
    (SELECT 1 FROM pg_extension WHERE extname = e)) AS missing_extensions,
  CASE WHEN to_regrole('payments_owner') IS NULL THEN false ELSE
    pg_has_role(current_user, 'payments_owner', 'MEMBER')
    AND has_schema_privilege('payments_owner', 'public', 'CREATE WITH GRANT OPTION')
    AND has_database_privilege('payments_owner', current_database(), 'CREATE') END AS owner_ready,
  CASE WHEN to_regrole('payments_operations') IS NULL THEN false ELSE
    pg_has_role('payments_operations', 'pg_monitor', 'MEMBER') END AS operations_monitor,
  EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'payments_api'
    AND rolconfig @> '{enable_incremental_sort=off}') AS api_tuned,
  to_regclass('public.schema_migrations') IS NOT NULL AS has_history`;

export interface DatabaseState {
  user: string;
  may_create_roles: boolean;
  missing_roles: string[];
  unsafe_roles: string[];
  missing_extensions: string[];
  owner_ready: boolean;
  operations_monitor: boolean;
  api_tuned: boolean;
  has_history: boolean;
}

/** The verifier that PostgreSQL stores (RFC 5803), so that no plain password reaches its logs. */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const iterations = 4096;
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const sign = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(sign('Client Key')).digest('base64');
  const keys = `${storedKey}:${sign('Server Key').toString('base64')}`;
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${keys}`;
}
