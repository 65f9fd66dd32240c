import { loginRoles } from '../../migrations/roles.js';
import { copyDatabase, dropDatabase, queryOnce, withDatabase } from '../support/databases.js';
import { startScratchDatabase } from './support/scratch-database.js';
import type { ScratchDatabase } from './support/scratch-database.js';

describe('a scratch database', () => {
  let scratch: ScratchDatabase;

  beforeAll(async () => {
    scratch = await startScratchDatabase();
  });
  afterAll(() => scratch.stop());

  it('is migrated and lets each login in', async () => {
    for (const login of loginRoles) {
      const [row] = await queryOnce(
        scratch.urlOf(login),
        `SELECT current_user AS name, to_regclass('public.transactions') IS NOT NULL AS migrated`,
      );
      expect(row).toEqual({ name: login, migrated: true });
    }
  });

  it('is copied with the grants on it, and the copy is independent', async () => {
    const copy = await copyDatabase(scratch.url);
    const grants = `SELECT datacl::text AS acl FROM pg_database WHERE datname = current_database()`;
    const [expected] = await queryOnce<{ acl: string }>(scratch.url, grants);
    expect(expected?.acl).toContain('payments_owner');
    expect(await queryOnce(copy, grants)).toEqual([expected]);
    await queryOnce(copy, 'CREATE TABLE only_here (id int)');
    const [row] = await queryOnce(scratch.url, `SELECT to_regclass('only_here') AS "onlyHere"`);
    expect(row).toEqual({ onlyHere: null });
    await dropDatabase(copy);
    const name = new URL(copy).pathname.slice(1);
    const server = withDatabase(copy, 'postgres');
    const left = await queryOnce(server, 'SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    expect(left).toEqual([]);
  });
});
