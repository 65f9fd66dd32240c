import type { DataSource } from 'typeorm';
import { SettingError } from '../settings.js';

/** Which database login a process or module uses. */
export type DatabaseLogin = 'api' | 'worker' | 'operations';

interface Login {
  name: string;
  is_too_mighty: boolean;
}

const question = `
  SELECT current_user AS name, EXISTS (
    SELECT FROM pg_roles AS r
    WHERE (r.rolsuper OR r.rolbypassrls OR r.rolname = 'payments_owner')
      AND pg_has_role(current_user, r.oid, 'MEMBER')
  ) AS is_too_mighty`;

/**
 * Refuses a login to which row-level security does not apply, or not as its user expects.
 *
 * @throws SettingError for a superuser, for BYPASSRLS, for the owner of the tables, for members of
 *   these, and for any other login than the one that is made for this use
 */
export async function refuseWrongLogin(
  dataSource: DataSource,
  login: DatabaseLogin,
): Promise<void> {
  const [found] = await dataSource.query<Login[]>(question);
  if (found?.is_too_mighty) {
    throw new SettingError(
      `the database login ${found.name} is not bound by row-level security; use payments_${login}.`,
    );
  }
  if (found?.name === `payments_${login}`) return;
  throw new SettingError(
    `the database login ${found?.name} sees other rows than payments_${login}, which belongs here.`,
  );
}
