import type pg from 'pg';
import { until } from '../e2e/support/until.js';
import { createPartner, createPayment, insertRefund } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { refusalOf, ruleOf } from './support/sessions.js';

// A transaction in any other database of the server holds the feed back too.
const patienceMs = 40_000;
const parents = ['transaction_events', 'audit_logs'] as const;

describe('the history', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let worker: pg.Client;
  let partner: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    worker = await database.connect('payments_worker');
    partner = await createPartner(owner);
    await createPayment(owner, partner);
    await owner.query(
      `INSERT INTO audit_logs (actor, actor_type, action, resource_type) VALUES ('a', 'system', 'x', 'y')`,
    );
  });
  afterAll(() => database?.stop());

  const partitionsOf = async (parent: string) => {
    const { rows } = await owner.query(
      `SELECT inhrelid::regclass::text AS name, pg_get_expr(relpartbound, oid) AS bounds
       FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = $1::regclass ORDER BY 1`,
      [parent],
    );
    return rows as { name: string; bounds: string }[];
  };

  const ensure = async (months: number, now?: string) => {
    const sql = 'SELECT ensure_partitions($1, COALESCE($2, now())) AS name';
    const { rows } = await worker.query(sql, [months, now ?? null]);
    return rows.map((row) => row.name);
  };

  it.each(parents)(
    'of %s has partitions from the last month to three ahead and a default one',
    async (parent) => {
      const { rows } = await owner.query(
        `SELECT $1 || to_char(date_trunc('month', now() AT TIME ZONE 'UTC')
         + make_interval(months => n), '_YYYY_MM') AS name FROM generate_series(-1, 3) AS n`,
        [parent],
      );
      const names = (await partitionsOf(parent)).map(({ name }) => name);
      expect(names).toEqual([...rows.map((row) => row.name), `${parent}_default`]);
      expect(await ensure(3)).toEqual([]);
    },
  );

  it('is cut at midnight UTC although the server lives in Bangkok', async () => {
    expect((await owner.query('SHOW timezone')).rows).toEqual([{ TimeZone: 'Asia/Bangkok' }]);
    expect(await ensure(0, '2031-01-31T20:00:00Z')).toEqual([
      'transaction_events_2030_12',
      'transaction_events_2031_01',
      'audit_logs_2030_12',
      'audit_logs_2031_01',
    ]);
    const utc = await database.connect();
    await utc.query(`SET timezone = 'UTC'`);
    const { rows } = await utc.query(
      `SELECT pg_get_expr(relpartbound, oid) AS bounds FROM pg_class
       WHERE relname = 'transaction_events_2031_01'`,
    );
    expect(rows[0].bounds).toBe(
      `FOR VALUES FROM ('2031-01-01 00:00:00+00') TO ('2031-02-01 00:00:00+00')`,
    );
  });

  it('takes a row of any month, so that a payer never gets an error', async () => {
    const { rows } = await owner.query(
      `INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type, created_at)
       SELECT id, partner_id, 9, 'webhook_received', '2040-05-05' FROM transactions LIMIT 1
       RETURNING tableoid::regclass::text AS place`,
    );
    expect(rows).toEqual([{ place: 'transaction_events_default' }]);
    expect(await ensure(0, '2040-06-15T00:00:00Z')).not.toContain('transaction_events_2040_05');
    const { rows: left } = await owner.query(
      `SELECT count(*)::int AS n FROM transaction_events WHERE created_at > '2040-01-01'`,
    );
    expect(left).toEqual([{ n: 1 }]);
  });

  it('grows a partition while payments are being written, and gives up after a second else', async () => {
    await owner.query('BEGIN');
    await createPayment(owner, partner);
    expect(await ensure(0, '2032-02-01T00:00:00Z')).toHaveLength(4);
    await owner.query('LOCK TABLE transaction_events IN ACCESS EXCLUSIVE MODE');
    const startedAt = Date.now();
    expect((await refusalOf(ensure(0, '2033-02-01T00:00:00Z'))).code).toBe('55P03');
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    await owner.query('ROLLBACK');
  });

  it('refuses a horizon that makes no sense', async () => {
    expect((await refusalOf(ensure(-1))).code).toBe('22023');
    expect((await refusalOf(ensure(121))).code).toBe('22023');
  });

  it.each(parents)('of %s is append-only even for a superuser (F21)', async (parent) => {
    const [partition] = await partitionsOf(parent);
    for (const sql of [
      `UPDATE ${parent} SET request_id = gen_random_uuid()`,
      `DELETE FROM ${parent}`,
      `TRUNCATE ${parent}`,
      `TRUNCATE ${partition.name}`,
    ]) {
      expect(await ruleOf(owner.query(sql))).toBe('append_only');
    }
  });

  it.each(parents)('of %s lets nobody write around the parent table', async (parent) => {
    for (const { name } of await partitionsOf(parent)) {
      for (const role of ['payments_api', 'payments_worker', 'payments_operations']) {
        const { rows } = await owner.query(
          `SELECT has_any_column_privilege($1, $2, 'SELECT, INSERT, UPDATE') AS open`,
          [role, name],
        );
        expect({ name, role, open: rows[0].open }).toEqual({ name, role, open: false });
      }
    }
  });

  it('is read by the feed below the oldest open transaction, in the order of transactions (F20)', async () => {
    const slow = await database.connect();
    await slow.query('BEGIN');
    const payment = await createPayment(slow, partner);
    await createPayment(owner, partner);
    const feed = async () => {
      const { rows } = await owner.query(
        `SELECT transaction_id FROM transaction_events
         WHERE xact_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
         ORDER BY xact_id, id`,
      );
      return rows.map((row) => row.transaction_id as string);
    };
    const before = await feed();
    expect(before).not.toContain(payment);
    await slow.query('COMMIT');
    const isThere = (ids: string[]) => ids.includes(payment);
    const after = await until('open transactions', feed, isThere, patienceMs);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.filter((id) => id === payment)).toHaveLength(2);
  });

  it('keeps the order of a payment, when who began first had to wait for who began later', async () => {
    const payment = await createPayment(owner, partner);
    const [first, second] = [await database.connect(), await database.connect()];
    const refund = { amount: '1', status: 'completed', by: 'provider:stripe' } as const;
    await first.query('BEGIN');
    await createPayment(first, partner);
    await insertRefund(second, payment, refund);
    await insertRefund(first, payment, refund);
    await first.query('COMMIT');
    const { rows } = await owner.query(
      `SELECT sequence FROM transaction_events WHERE transaction_id = $1 ORDER BY xact_id, id`,
      [payment],
    );
    const sequences = rows.map((row) => row.sequence as number);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    expect(sequences.length).toBeGreaterThanOrEqual(5);
  });
});
