import 'reflect-metadata';
import type pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { type Config, schema } from '../../../apps/api/src/config.js';
import { dataSourceOptions } from '../../../apps/api/src/platform/database.module.js';
import {
  createSeedPayment,
  type FaultPair,
  startFaultPair,
  valueOf,
} from '../support/fault-pair.js';
import { createPayment } from '../support/rows.js';
import { type Context, inTransaction } from '../support/sessions.js';

let pair: FaultPair;

beforeAll(async () => {
  pair = await startFaultPair();
});
afterAll(() => pair?.stop());

/** How a statement would find its rows when it may not read the whole table. */
async function planOf(client: pg.Client, sql: string, context: Context = {}): Promise<string> {
  return inTransaction(client, context, async () => {
    await client.query('SET LOCAL enable_seqscan = off');
    await client.query('SET LOCAL enable_sort = off');
    const { rows } = await client.query<Record<string, string>>(`EXPLAIN (COSTS OFF) ${sql}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
}

describe('F33: indexes that another one contains', () => {
  const redundant = `
    SELECT a.indexrelid::regclass || ' in ' || b.indexrelid::regclass AS line
    FROM pg_index AS a JOIN pg_index AS b ON b.indrelid = a.indrelid AND b.indexrelid <> a.indexrelid
    JOIN pg_class AS i ON i.oid = a.indexrelid JOIN pg_class AS j ON j.oid = b.indexrelid
    WHERE i.relnamespace = 'public'::regnamespace AND NOT i.relispartition AND NOT a.indisunique
      AND i.relam = j.relam
      AND j.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')
      AND starts_with(b.indkey::text || ' ', a.indkey::text || ' ')
      AND starts_with(b.indclass::text || ' ', a.indclass::text || ' ')
      AND (b.indpred IS NULL OR pg_get_expr(b.indpred, b.indrelid) = pg_get_expr(a.indpred, a.indrelid))
    ORDER BY 1`;
  const linesOf = async (client: pg.Client) =>
    (await client.query<{ line: string }>(redundant)).rows.map(({ line }) => line);

  it('the seed has four, and pays for each with every write', async () => {
    expect(await linesOf(pair.seed)).toEqual([
      'idx_partners_email in partners_email_key',
      'idx_transaction_events_transaction_id in idx_transaction_events_txn_created',
      'idx_transactions_idempotency in unique_partner_idempotency',
      'idx_transactions_partner_id in idx_transactions_idempotency',
      'idx_transactions_partner_id in idx_transactions_partner_status_created',
      'idx_transactions_partner_id in unique_partner_idempotency',
    ]);
  });

  it('ours has none', async () => {
    expect(await linesOf(pair.ours)).toEqual([]);
  });
});

describe('F34: an enum under row-level security', () => {
  const failed = (partner: string) =>
    `SELECT * FROM transactions WHERE partner_id = '${partner}' AND status = 'failed'
       AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 50`;
  const conditions = (plan: string) => /Index Cond: (.*)/.exec(plan)?.[1] ?? '';

  it('the seed compares the status row by row, where a superuser finds it in the index', async () => {
    const sql = failed(pair.seedPartner).replace(', id DESC', '');
    expect(conditions(await planOf(pair.seed, sql))).toContain('status = ');
    const api = await pair.connectToSeed('payments_api');
    const plan = await planOf(api, sql, { partners: [pair.seedPartner] });
    expect(conditions(plan)).not.toContain('status');
    expect(plan).toMatch(/Filter: .*status = 'failed'/);
  });

  it('the seed has an index on metadata that no tenant can use', async () => {
    const sql = `SELECT id FROM transactions WHERE metadata @> '{"cart": "c-1"}'`;
    expect(await planOf(pair.seed, sql)).toContain('idx_transactions_metadata');
    const api = await pair.connectToSeed('payments_api');
    const plan = await planOf(api, sql, { partners: [pair.seedPartner] });
    expect(plan).not.toContain('idx_transactions_metadata');
  });

  it('ours proves the status by a partial index, in the order of the list', async () => {
    const api = await pair.database.connect('payments_api');
    const plan = await planOf(api, failed(pair.partner), { partners: [pair.partner] });
    expect(plan).toContain('idx_transactions_partner_failed');
    expect(plan).not.toContain('Sort');
    expect(plan).not.toContain('status =');
  });
});

describe('F35: a pool as large as the server', () => {
  const limits = `SELECT string_agg(setting, ' ' ORDER BY name) FROM pg_settings WHERE name IN
    ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')`;
  const slots = `SELECT (max(boot_val) FILTER (WHERE name = 'max_connections'))::int
      - (max(boot_val) FILTER (WHERE name = 'superuser_reserved_connections'))::int
    FROM pg_settings`;

  it('the seed asks for 100 connections of the 97 that a server has, and limits no statement', async () => {
    expect(await valueOf<number>(pair.seed, slots)).toBe(97);
    const session = await pair.connectToSeed('payments_api');
    expect(await valueOf(session, limits)).toBe('0 0 0');
  });

  it('ours divides the 100 by its processes, and limits every session', async () => {
    const defaults = Object.fromEntries(
      Object.entries(schema)
        .filter(([name]) => /^POOL_|^WEB_CONCURRENCY$|_TIMEOUT_MS$/.test(name))
        .map(([name, setting]) => [name, Number(setting.default)]),
    );
    const config = { ...defaults, API_DATABASE_URL: pair.database.urlOf('payments_api') };
    const options = dataSourceOptions(config as unknown as Config, 'api') as DataSourceOptions;
    expect((options.extra as { max: number }).max).toBe(25);
    const dataSource = await new DataSource(options).initialize();
    const [row] = await dataSource.query<Record<string, string>[]>(limits);
    await dataSource.destroy();
    expect(Object.values(row)).toEqual(['10000 5000 10000']);
  });
});

describe('F38: ids without an order', () => {
  const payments = 3000;
  const disorder = `SELECT count(*) FILTER (WHERE id < previous)::int FROM (
      SELECT id, lag(id) OVER (ORDER BY ctid) AS previous FROM transactions) AS rows`;
  const size = `SELECT pg_relation_size('transactions_pkey')::int`;
  let seedSize: number;

  it('the seed puts every other id below the one before it', async () => {
    await pair.seed.query('TRUNCATE transactions CASCADE');
    await pair.seed.query(
      `INSERT INTO transactions (partner_id, idempotency_key, amount, payment_method, provider,
         customer_email)
       SELECT $1, n, 10, 'card', 'stripe', 'a@example.com' FROM generate_series(1, $2::int) AS n`,
      [pair.seedPartner, payments],
    );
    expect(await valueOf<number>(pair.seed, disorder)).toBeGreaterThan(payments / 3);
    seedSize = await valueOf<number>(pair.seed, size);
  });

  it('ours makes each greater than the one before it, and the index stays dense', async () => {
    const ids = Array.from({ length: payments }, () => uuidv7());
    await pair.ours.query(
      `INSERT INTO transactions (id, partner_id, idempotency_key, amount, currency, payment_method,
         provider, changed_by)
       SELECT id, $1, n, 10, 'USD', 'card', 'stripe', 'partner'
       FROM unnest($2::uuid[]) WITH ORDINALITY AS ids (id, n)`,
      [pair.partner, ids],
    );
    expect(await valueOf<number>(pair.ours, disorder)).toBe(0);
    expect(await valueOf<number>(pair.ours, size)).toBeLessThan(seedSize);
  });
});

describe('F39: the time of a change, and changes that overwrite each other', () => {
  const describePayment = `UPDATE transactions SET description = $2 WHERE id = $1
    RETURNING updated_at::text`;
  const twice = (client: pg.Client, payment: string) =>
    inTransaction(client, {}, async () => {
      const first = await valueOf(client, describePayment, [payment, 'one']);
      const second = await valueOf(client, describePayment, [payment, 'two']);
      return [first, second];
    });

  it('the seed gives two changes of one transaction the same time, and has no version', async () => {
    const payment = await createSeedPayment(pair.seed, pair.seedPartner);
    const [first, second] = await twice(pair.seed, payment);
    expect(second).toBe(first);
    const version = `SELECT count(*)::int FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name = 'version'`;
    expect(await valueOf<number>(pair.seed, version)).toBe(0);
  });

  it('ours gives each its own, and lets one of two changes of a version through', async () => {
    const payment = await createPayment(pair.ours, pair.partner);
    const [first, second] = await twice(pair.ours, payment);
    expect(second > first).toBe(true);
    const version = await valueOf<number>(
      pair.ours,
      'SELECT version FROM transactions WHERE id = $1',
      [payment],
    );
    const change = `UPDATE transactions SET description = 'x' WHERE id = $1 AND version = $2`;
    expect((await pair.ours.query(change, [payment, version])).rowCount).toBe(1);
    expect((await pair.ours.query(change, [payment, version])).rowCount).toBe(0);
  });
});
