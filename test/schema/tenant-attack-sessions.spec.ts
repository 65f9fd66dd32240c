import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { postgresOptions, TenantDatabase } from '../../libs/database/src/index.js';
import { refuseWrongLogin } from '../../apps/api/src/platform/login-check.js';
import { withLogin } from '../support/databases.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { inTransaction, refusalOf } from './support/sessions.js';
import { createTenant, readTenantTables, type Tenant } from './support/tenants.js';

const ids = 'SELECT DISTINCT partner_id AS id FROM transactions';

describe('a session of payments_api', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let victim: Tenant;
  let thief: Tenant;

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    victim = await createTenant(owner);
    thief = await createTenant(owner);
  });
  afterAll(() => database?.stop());

  /** The ids of the partners whose rows the work sees, on a connection of its own. */
  const withSession = async <T>(work: (session: pg.Client) => Promise<T>): Promise<T> => {
    const session = await database.connect('payments_api');
    try {
      return await work(session);
    } finally {
      await session.end();
    }
  };

  it.each(['garbage', '*', '%', ',', 'NULL', 'null,null', "' OR true --", '{}', '0', '00000000'])(
    'sees nothing when the setting is %s',
    async (setting) => {
      await withSession(async (session) => {
        for (const { name, readable, partner } of await readTenantTables(owner)) {
          if (!readable.includes(partner)) continue;
          const found = inTransaction(session, { partners: [setting] }, () =>
            session.query(`SELECT ${partner} FROM ${name}`),
          ).then(
            ({ rows }) => rows,
            (error: { code: string }) => error.code,
          );
          expect([[], '22P02']).toContainEqual(await found);
        }
        const control = inTransaction(session, { partners: [victim.id] }, () => session.query(ids));
        expect((await control).rows).toEqual([{ id: victim.id }]);
      });
    },
  );

  it('carries no partner from one transaction to the next, whichever way the first ends', async () => {
    await withSession(async (session) => {
      for (const end of ['COMMIT', 'ROLLBACK', 'ROLLBACK TO s; COMMIT', 'RELEASE s; COMMIT']) {
        await session.query('BEGIN; SAVEPOINT s');
        await session.query(`SELECT set_config('app.current_partner_id', $1, true)`, [victim.id]);
        expect((await session.query(ids)).rows).toEqual([{ id: victim.id }]);
        await session.query(end);
        expect((await session.query(ids)).rows).toEqual([]);
      }
    });
  });

  it('runs a statement that was prepared for one partner for the next one as its own', async () => {
    await withSession(async (session) => {
      const read = (partner: string) =>
        inTransaction(session, { partners: [partner] }, () =>
          session.query({ name: 'prepared', text: ids }),
        );
      // After five executions PostgreSQL keeps a plan that is not made for the values at hand.
      for (let n = 0; n < 6; n++) expect((await read(victim.id)).rows).toEqual([{ id: victim.id }]);
      expect((await read(thief.id)).rows).toEqual([{ id: thief.id }]);
    });
  });

  it('leaves no cursor for the next partner', async () => {
    await withSession(async (session) => {
      await inTransaction(session, { partners: [victim.id] }, async () => {
        await session.query(`DECLARE c CURSOR FOR ${ids}`);
        expect((await session.query('FETCH 1 FROM c')).rows).toEqual([{ id: victim.id }]);
      });
      expect((await refusalOf(session.query('FETCH 1 FROM c'))).code).toBe('34000');
    });
  });

  it.each([
    'SET ROLE payments_owner',
    'SET ROLE payments_definer',
    'SET ROLE payments_migrator',
    'SET ROLE payments_worker',
    'SET ROLE payments_operations',
    'SET ROLE pg_read_all_data',
    'SET SESSION AUTHORIZATION payments_operations',
    'SET SESSION AUTHORIZATION postgres',
    'GRANT payments_operations TO payments_api',
    'ALTER ROLE payments_api BYPASSRLS',
    'ALTER ROLE payments_operations PASSWORD NULL',
    `ALTER ROLE payments_worker SET app.current_partner_id = 'x'`,
    'SET session_replication_role = replica',
    'SET row_security = off; SELECT * FROM refunds',
    'ALTER TABLE refunds NO FORCE ROW LEVEL SECURITY',
    'ALTER TABLE refunds DISABLE ROW LEVEL SECURITY',
    'ALTER TABLE refunds DISABLE TRIGGER USER',
    'DROP POLICY partner_isolation ON refunds',
    'ALTER POLICY partner_isolation ON refunds USING (true)',
    'CREATE POLICY mine ON refunds USING (true)',
    'GRANT SELECT ON partners TO payments_api',
    'CREATE TEMPORARY TABLE partner_api_keys (id uuid)',
    'CREATE TEMPORARY VIEW transactions AS SELECT 1',
    'CREATE SCHEMA mine',
    'CREATE TABLE public.mine (id uuid)',
    'CREATE VIEW public.mine AS SELECT * FROM transactions',
    'CREATE RULE mine AS ON SELECT TO refunds DO INSTEAD SELECT 1',
    'CREATE TRIGGER mine AFTER INSERT ON refunds EXECUTE FUNCTION forbid_change()',
    'CREATE FUNCTION public.leak(text) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$',
    'CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$',
    'CREATE OPERATOR public.<<< (LEFTARG = text, RIGHTARG = text, FUNCTION = textlike)',
    'CREATE CAST (text AS uuid) WITH INOUT',
    'CREATE EXTENSION dblink',
    'CREATE EXTENSION postgres_fdw',
    'CREATE PUBLICATION mine FOR ALL TABLES',
    `SELECT pg_create_logical_replication_slot('mine', 'test_decoding')`,
    `SELECT pg_read_file('postgresql.conf')`,
    `SELECT pg_read_binary_file('PG_VERSION')`,
    `SELECT pg_ls_dir('.')`,
    `SELECT lo_import('/etc/passwd')`,
    `COPY currencies TO '/tmp/mine'`,
    `COPY currencies TO PROGRAM 'cat'`,
    `COPY payment_methods FROM PROGRAM 'echo'`,
    'SELECT * FROM pg_statistic',
    'SELECT * FROM pg_authid',
    'SELECT * FROM pg_largeobject',
    'ALTER SYSTEM SET row_security = off',
    `SELECT setval('transaction_events_id_seq', 1)`,
  ])('does not get further by: %s', async (sql) => {
    await withSession(async (session) => {
      await session.query(`SELECT set_config('app.current_partner_id', $1, false)`, [thief.id]);
      expect((await refusalOf(session.query(sql))).code).toBe('42501');
      expect((await session.query(ids)).rows).toEqual([{ id: thief.id }]);
    });
  });

  describe('of the pool', () => {
    let pool: DataSource;
    let tenants: TenantDatabase;

    beforeAll(async () => {
      pool = await openPool(database.urlOf('payments_api'));
      tenants = new TenantDatabase(pool);
    });
    afterAll(() => pool?.destroy());

    const seenBy = (partnerIds: string[]) =>
      tenants.statement<{ id: string }>({ partnerIds, actor: 'partner' }, ids, []);

    it('shows each partner its own rows, in turn on one connection', async () => {
      for (const { id } of [victim, thief, victim]) expect(await seenBy([id])).toEqual([{ id }]);
      expect(await seenBy([])).toEqual([]);
      expect(await pool.query(ids)).toEqual([]);
    });

    it('shows no row of a partner that a mistake set for the whole session', async () => {
      await pool.query(`SELECT set_config('app.current_partner_id', $1, false)`, [victim.id]);
      expect(await pool.query(ids)).toEqual([{ id: victim.id }]);
      expect(await seenBy([thief.id])).toEqual([{ id: thief.id }]);
      expect(await seenBy([])).toEqual([]);
      const scope = { partnerIds: [thief.id], actor: 'partner' };
      expect(await tenants.run(scope, (manager) => manager.query(ids))).toEqual([{ id: thief.id }]);
      await pool.query('RESET app.current_partner_id');
    });

    it('shows no row of a partner whose statement failed', async () => {
      const scope = { partnerIds: [victim.id], actor: 'partner' };
      await expect(tenants.statement(scope, 'SELECT 1 / 0', [])).rejects.toThrow('division');
      const failing = tenants.run(scope, (manager) => manager.query('SELECT 1 / 0'));
      await expect(failing).rejects.toThrow('division');
      expect(await pool.query(ids)).toEqual([]);
      expect(await seenBy([victim.id])).toEqual([{ id: victim.id }]);
    });
  });

  describe('is not opened by a process', () => {
    const askWith = async (attributes: string, login: 'api' | 'worker' | 'operations' = 'api') => {
      const name = `probe_${randomBytes(4).toString('hex')}`;
      await owner.query(`CREATE ROLE ${name} LOGIN PASSWORD '${name}' ${attributes}`);
      const pool = await openPool(withLogin(database.url, name));
      try {
        await refuseWrongLogin(pool, login);
      } finally {
        await pool.destroy();
        await owner.query(`DROP ROLE ${name}`);
      }
    };

    it.each([
      ['SUPERUSER', /not bound by row-level security/],
      ['BYPASSRLS', /not bound by row-level security/],
      ['IN ROLE payments_owner', /not bound by row-level security/],
      ['NOINHERIT IN ROLE payments_migrator', /not bound by row-level security/],
      ['', /sees other rows than payments_api/],
      ['IN ROLE payments_api', /sees other rows than payments_api/],
    ])('whose login is made with "%s"', async (attributes, reason) => {
      await expect(askWith(attributes)).rejects.toThrow(reason);
    });

    it('but is by one with its own login', async () => {
      for (const login of ['api', 'worker', 'operations'] as const) {
        const pool = await openPool(database.urlOf(`payments_${login}`));
        await expect(refuseWrongLogin(pool, login)).resolves.toBeUndefined();
        await pool.destroy();
      }
    });
  });
});

/** A pool of one connection, as a process opens it. */
async function openPool(url: string): Promise<DataSource> {
  const times = { idleTimeoutMs: 10_000, maxLifetimeSeconds: 60, acquireTimeoutMs: 5_000 };
  const limits = { statementTimeoutMs: 5_000, lockTimeoutMs: 5_000 };
  const more = { idleInTransactionTimeoutMs: 5_000, applicationName: 'pool' };
  const size = { poolMin: 0, poolMax: 1 };
  const options = postgresOptions({ url, ...times, ...limits, ...more, ...size }, []);
  return new DataSource(options).initialize();
}
