import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import {
  archivePayment,
  createPartner,
  createPayment,
  insertAttempt,
  insertRefund,
} from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { securityDefiners } from './support/security-definers.js';
import { inTransaction, refusalOf, ruleOf } from './support/sessions.js';

const tenantTables = `transactions transaction_attempts refunds transaction_events audit_logs
  idempotency_keys partner_api_keys webhook_deliveries webhook_delivery_attempts
  transactions_archive transaction_attempts_archive refunds_archive`.split(/\s+/);

describe('a partner that tries to reach another', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  let victim: string;
  let thief: string;
  let payment: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    api = await database.connect('payments_api');
    victim = await createPartner(owner);
    thief = await createPartner(owner);
    for (const partner of [thief, victim]) await archivePayment(owner, partner);
    await owner.query(`UPDATE partners SET webhook_url = 'https://a.example'`);
    for (const partner of [thief, victim]) {
      payment = await createPayment(owner, partner);
      await insertRefund(owner, payment, { amount: '10' });
      await owner.query(
        `INSERT INTO audit_logs (partner_id, actor, actor_type, action, resource_type)
         VALUES ($1, 'partner', 'partner', 'read', 'transaction')`,
        [partner],
      );
      await owner.query(
        `INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint)
         VALUES ($1, 'POST /v1/transactions', 'k', '{}', repeat('0', 64))`,
        [partner],
      );
      await owner.query(insertAttempt, [partner, null]);
    }
  });
  afterAll(() => database?.stop());

  const as = (partners: string[] | undefined, sql: string, values: unknown[] = []) =>
    inTransaction(api, { partners }, () => api.query(sql, values));

  const countOf = async (table: string, partners?: string[]) => {
    const column = table === 'partners' ? 'id' : 'partner_id';
    const sql = `SELECT count(*)::int AS n, array_agg(DISTINCT ${column}) AS owners FROM ${table}`;
    return (await as(partners, sql)).rows[0];
  };

  it.each([...tenantTables, 'partners'])('sees only its own rows of %s', async (table) => {
    const own = await countOf(table, [victim]);
    expect(own.n).toBeGreaterThan(0);
    expect(own.owners).toEqual([victim]);
    expect((await countOf(table, [victim, thief])).n).toBe(own.n * 2);
  });

  it.each([...tenantTables, 'partners'])(
    'sees no row of %s without the setting, with an empty or a stale one (A8)',
    async (table) => {
      const fresh = await database.connect('payments_api');
      const count = `SELECT count(*)::int AS n FROM ${table}`;
      expect((await fresh.query(count)).rows).toEqual([{ n: 0 }]);
      await fresh.query(`SELECT set_config('app.current_partner_id', '', false)`);
      expect((await fresh.query(count)).rows).toEqual([{ n: 0 }]);
      await inTransaction(fresh, { partners: [victim] }, () => fresh.query(count));
      expect((await fresh.query(count)).rows).toEqual([{ n: 0 }]);
      await fresh.end();
    },
  );

  it('changes no row of the other', async () => {
    const change = `UPDATE transactions SET retry_count = 9 WHERE id = $1`;
    expect((await as([thief], change, [payment])).rowCount).toBe(0);
    expect((await as([victim], change, [payment])).rowCount).toBe(1);
  });

  it('can not give a row to the other', async () => {
    const insert = `INSERT INTO transactions (partner_id, idempotency_key, amount, currency,
      payment_method, provider, changed_by)
      VALUES ($1, gen_random_uuid(), 10, 'USD', 'card', 'stripe', 'partner')`;
    expect(await refusalOf(as([thief], insert, [victim]))).toMatchObject({
      code: '42501',
      message: 'new row violates row-level security policy for table "transactions"',
    });
    expect((await as([thief], insert, [thief])).rowCount).toBe(1);
  });

  it('can not refund, attempt or log on the payment of the other, alone or in a batch (F4)', async () => {
    const attacks: [string, string][] = [
      [
        `INSERT INTO refunds (transaction_id, partner_id, idempotency_key, amount, currency, reason,
           provider, changed_by)
         VALUES ($1, $2, gen_random_uuid(), 10, 'USD', 'theft', 'stripe', 'partner')`,
        'refunds_transaction_visible',
      ],
      [
        `INSERT INTO transaction_attempts (transaction_id, partner_id, attempt_no, provider)
         VALUES ($1, $2, 2, 'stripe')`,
        'transaction_attempts_parent_processing',
      ],
    ];
    for (const [sql, rule] of attacks) {
      for (const partners of [[thief], [thief, victim]]) {
        expect(await ruleOf(as(partners, sql, [payment, thief]))).toMatch(
          new RegExp(`^(${rule}|fk_transaction_attempts_transaction)$`),
        );
      }
    }
    const { rows } = await as([victim], 'SELECT count(*)::int AS n FROM refunds');
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('is held by the composite keys even where row-level security does not apply (D2)', async () => {
    await owner.query('ALTER TABLE refunds DISABLE TRIGGER USER');
    await owner.query('ALTER TABLE transaction_attempts DISABLE TRIGGER USER');
    const refund = owner.query(
      `INSERT INTO refunds (transaction_id, partner_id, idempotency_key, amount, currency, reason, provider)
       VALUES ($1, $2, 'x', 10, 'USD', 'theft', 'stripe')`,
      [payment, thief],
    );
    expect(await ruleOf(refund)).toBe('refunds_transaction_id_fkey');
    const attempt = owner.query(
      `INSERT INTO transaction_attempts (transaction_id, partner_id, attempt_no, provider)
       VALUES ($1, $2, 2, 'stripe')`,
      [payment, thief],
    );
    expect(await ruleOf(attempt)).toBe('fk_transaction_attempts_transaction');
    await owner.query('ALTER TABLE refunds ENABLE TRIGGER USER');
    await owner.query('ALTER TABLE transaction_attempts ENABLE TRIGGER USER');
  });

  it.each([
    ['SET ROLE payments_owner', '42501'],
    ['SET ROLE payments_worker', '42501'],
    ['SET SESSION AUTHORIZATION payments_worker', '42501'],
    ['SET row_security = off; SELECT * FROM transactions', '42501'],
    ['ALTER TABLE transactions DISABLE ROW LEVEL SECURITY', '42501'],
    ['ALTER TABLE transactions DISABLE TRIGGER ALL', '42501'],
    ['SET session_replication_role = replica', '42501'],
    ['SELECT * FROM transaction_events_default', '42501'],
    ['CREATE TEMPORARY TABLE transactions (id uuid)', '42501'],
    ['CREATE TABLE public.transactions2 (id uuid)', '42501'],
    ['CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$', '42501'],
    ['SELECT ensure_partitions(1)', '42501'],
    ["SELECT attach_partition('audit_logs', 'x', 'DEFAULT')", '42501'],
  ])('does not get around it by: %s', async (sql, code) => {
    const session = await database.connect('payments_api');
    expect((await refusalOf(session.query(sql))).code).toBe(code);
    await session.end();
  });

  it('is stopped as well when it is the owner: policies are forced (F15)', async () => {
    await owner.query('BEGIN');
    await owner.query('SET LOCAL ROLE payments_owner');
    for (const table of [...tenantTables, 'partners', 'operator_keys', 'provider_webhooks']) {
      const { rows } = await owner.query(`SELECT count(*)::int AS n FROM ${table}`);
      expect({ table, n: rows[0].n }).toEqual({ table, n: 0 });
    }
    await owner.query('ROLLBACK');
  });

  it('meets policies that are planned once for each statement, and indexes that serve', async () => {
    const plan = await inTransaction(api, { partners: [victim] }, async () => {
      await api.query('SET LOCAL enable_seqscan = off');
      await api.query('SET LOCAL enable_sort = off');
      await api.query('SET LOCAL enable_incremental_sort = off');
      return api.query(
        `EXPLAIN (COSTS OFF) SELECT * FROM transactions WHERE partner_id = $1
         AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 20`,
        [victim],
      );
    });
    const text = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toContain('InitPlan');
    expect(text).toContain('idx_transactions_partner_created');
    expect(text).not.toContain('SubPlan');
  });

  it('finds no secret hash, not even its own (F16)', async () => {
    for (const sql of ['SELECT api_key_hash FROM partners', 'SELECT hash FROM partner_api_keys']) {
      expect((await refusalOf(as([victim], sql))).code).toBe('42501');
    }
  });

  it('can not store an audit row for the other, but one without a partner, unread (F24)', async () => {
    const insert = `INSERT INTO audit_logs (partner_id, actor, actor_type, action, resource_type,
      http_status, request_id) VALUES ($1, 'anonymous', 'anonymous', 'read', 'transaction', 401, $2)`;
    const request = randomUUID();
    expect((await refusalOf(as([thief], insert, [victim, request]))).code).toBe('42501');
    expect((await as(undefined, insert, [null, request])).rowCount).toBe(1);
    const read = 'SELECT 1 FROM audit_logs WHERE request_id = $1';
    expect((await as([thief, victim], read, [request])).rowCount).toBe(0);
    expect((await owner.query(read, [request])).rowCount).toBe(1);
  });
});

describe('every table of the schema', () => {
  let database: ScratchDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await startScratchDatabase();
    client = await database.connect();
  });
  afterAll(() => database?.stop());

  it('has forced row-level security, except look-ups that hold nothing of a partner', async () => {
    const { rows } = await client.query(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
         AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY 1`,
    );
    expect(rows.map((row) => row.relname)).toEqual([
      'cache_versions',
      'currencies',
      'payment_methods',
      'schema_migrations',
    ]);
  });

  it('belongs to the owner, as every function does but those of payments_definer', async () => {
    const tables = await client.query(
      `SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'`,
    );
    expect(tables.rows).toEqual([{ tableowner: 'payments_owner' }]);
    const functions = await client.query(
      `SELECT proname, pg_get_userbyid(proowner) AS owner, proconfig::text LIKE '%search_path%' AS pinned,
         has_function_privilege('public', oid, 'EXECUTE') AS open
       FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY 1`,
    );
    expect(functions.rows).toEqual(
      securityDefiners.map((each) => ({ ...each, pinned: true, open: false })),
    );
  });
});
