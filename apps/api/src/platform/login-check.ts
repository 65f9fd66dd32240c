import type { DataSource } from 'typeorm';
import { SettingError } from '../settings.js';

interface Login {
  name: string;
  is_too_mighty: boolean;
}

const question = `
  SELECT rolname AS name, rolsuper OR rolbypassrls OR EXISTS (
    SELECT FROM pg_roles AS o
    WHERE o.rolname = 'payments_owner' AND pg_has_role(current_user, o.oid, 'MEMBER')
  ) AS is_too_mighty
  FROM pg_roles WHERE rolname = current_user`;

/**
 * Refuses a login to which row-level security does not apply.
 *
 * @throws SettingError for a superuser, for BYPASSRLS, and for the owner of the tables or its members
 */
export async function refuseMightyLogin(dataSource: DataSource): Promise<void> {
  const [login] = await dataSource.query<Login[]>(question);
  if (!login?.is_too_mighty) return;
  throw new SettingError(
    `the database login ${login.name} is not bound by row-level security; use payments_api, payments_worker and payments_operations.`,
  );
}
