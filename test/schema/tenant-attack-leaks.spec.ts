import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { type Refusal, undone } from './support/sessions.js';
import { createTenant, freshRows, insertOf, type Tenant } from './support/tenants.js';

/**
 * How each function of ours that payments_api may call is called with what belongs to another
 * partner: $1 is that partner, $2 its payment, $3 its refund.
 */
const callsOfFunctions: Record<string, string> = {
  'absorb_refund_excess(refunds)': `SELECT a.* FROM absorb_refund_excess(
    jsonb_populate_record(NULL::refunds, jsonb_build_object('transaction_id', $2::text,
      'partner_id', $1::text, 'id', $3::text, 'amount', 1, 'refund_excess', 0))) AS a
    WHERE a.reserved <> 0 OR a.refunded <> 0`,
  'find_api_key(text)': `SELECT f.* FROM
    (SELECT unnest(ARRAY[$1, $2, $3, left($1, 8), left($2, 8), '%', '________', '']) AS guess) AS g,
    find_api_key(g.guess) AS f`,
  'search_transactions(integer,timestamp with time zone,uuid,timestamp with time zone,timestamp with time zone,transaction_status,payment_provider,text,text,numeric,numeric,jsonb,text[],text)': `SELECT
    id FROM unnest(search_transactions(101, NULL, NULL, NULL, NULL, NULL, NULL, 'card', NULL, NULL,
      NULL, NULL, NULL, NULL)) AS id WHERE id::text IN ($1, $2, $3)`,
  'count_disabled_webhook_urls()': `SELECT 1 WHERE
    count_disabled_webhook_urls()::text IN ($1, $2, $3)`,
  'count_webhook_deliveries()': `SELECT 1 FROM count_webhook_deliveries() AS c
    WHERE c::text IN ($1, $2, $3)`,
  'read_outbox_lag()': `SELECT 1 WHERE read_outbox_lag()::text IN ($1, $2, $3)`,
  'touch_api_key(uuid)': `SELECT touch_api_key(id) FROM unnest(ARRAY[$1, $2, $3]::uuid[]) AS id`,
  'may_move_transaction(text,text,text,text,text)': `SELECT 1 WHERE
    may_move_transaction('pending', 'cancelled', $1, $2, $3)`,
  'may_move_refund(text,text,text,text,text,text)': `SELECT 1 WHERE
    may_move_refund('pending', 'failed', $1, $2, $3, 'confirmed')`,
  'lock_refundable_transaction(refunds)': `SELECT lock_refundable_transaction(
    jsonb_populate_record(NULL::refunds, jsonb_build_object('transaction_id', $2::text,
      'partner_id', $1::text, 'id', $3::text, 'currency', 'USD', 'provider', 'stripe',
      'provider_account', 'default', 'amount', 1)))`,
};

const executable = `
SELECT p.oid::regprocedure::text AS name FROM pg_proc AS p
WHERE p.pronamespace = 'public'::regnamespace AND has_function_privilege('payments_api', p.oid, 'EXECUTE')
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid
    AND deptype = 'e') ORDER BY 1`;

describe('what raw SQL of payments_api is told about another partner', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  let victim: Tenant;
  let thief: Tenant;

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    api = await database.connect('payments_api');
    victim = await createTenant(owner);
    thief = await createTenant(owner);
    await owner.query('ANALYZE');
  });
  afterAll(() => database?.stop());

  /** Everything that a statement tells, refused or not; it is undone. */
  const told = (who: Tenant, text: string, values: unknown[] = []): Promise<string> =>
    undone(api, async () => {
      await api.query(`SELECT set_config('app.current_partner_id', $1, true)`, [who.id]);
      return api.query(text, values).then(
        ({ rows }) => JSON.stringify(rows),
        (error: Refusal & { hint?: string; where?: string }) =>
          `${error.code} ${error.message} ${error.detail} ${error.hint} ${error.where}`,
      );
    });

  const expectNothing = (text: string) => expect(text).not.toContain(victim.marker);

  describe('by a function', () => {
    let functions: string[];

    beforeAll(async () => {
      functions = (await owner.query<{ name: string }>(executable)).rows.map(({ name }) => name);
    });

    it('which is known here: a new one needs a line in callsOfFunctions', () => {
      expect(functions).toEqual(Object.keys(callsOfFunctions).toSorted());
    });

    it.each(Object.entries(callsOfFunctions))('%s: nothing', async (_name, text) => {
      const values = [victim.id, victim.completed, victim.refund];
      const answer = await told(thief, text, values);
      expectNothing(answer);
      expect(answer).toMatch(/^(\[\]|\[(\{"touch_api_key":null\},?)+\]|23503 .*)$/);
    });

    it('of the owner, whose payment it does lock', async () => {
      const text = callsOfFunctions['lock_refundable_transaction(refunds)'] ?? '';
      const answer = await told(victim, text, [victim.id, victim.completed, victim.refund]);
      expect(answer).toContain(victim.completed);
    });

    it('touch_api_key: it notes no use of the key of another', async () => {
      const key = `SELECT id FROM partner_api_keys WHERE partner_id = $1 ORDER BY created_at LIMIT 1`;
      const { id } = (await owner.query<{ id: string }>(key, [victim.id])).rows[0] ?? {};
      const uses = `SELECT last_used_at FROM partner_api_keys WHERE id = $1`;
      for (const [who, used] of [
        [thief, false],
        [victim, true],
      ] as const) {
        await api.query('BEGIN');
        await api.query(`SELECT set_config('app.current_partner_id', $1, true)`, [who.id]);
        await api.query('SELECT touch_api_key($1)', [id]);
        await api.query('COMMIT');
        const [row] = (await owner.query<{ last_used_at: Date | null }>(uses, [id])).rows;
        expect(row?.last_used_at !== null).toBe(used);
      }
    });
  });

  it.each([
    ['a division', `SELECT 1 FROM transactions WHERE 1 / (amount - amount) = 1`, '22012'],
    ['a cast', `SELECT 1 FROM transactions WHERE reference::int = 1`, 'marker-'],
    ['a cast of an audit row', `SELECT 1 FROM audit_logs WHERE user_agent::int = 1`, 'marker-'],
    [
      'a join',
      `SELECT 1 FROM transactions AS t JOIN refunds AS r ON t.reference::int = 1`,
      'marker-',
    ],
    [
      'an aggregate',
      `SELECT 1 / (1 - (count(*) FILTER (WHERE reference LIKE 'marker-%'))::int) FROM transactions`,
      '22012',
    ],
    [
      'XML of a query',
      `SELECT query_to_xml('SELECT reference FROM transactions', true, true, '')`,
      'marker-',
    ],
    [
      'an anonymous block',
      `DO $$ DECLARE r text; BEGIN SELECT reference INTO r FROM transactions
      WHERE reference IS NOT NULL; RAISE EXCEPTION '%', r; END $$`,
      'marker-',
    ],
    [
      'text search statistics',
      `SELECT word FROM ts_stat('SELECT to_tsvector(reference) FROM transactions')`,
      'marker-',
    ],
  ])('by the error of %s: nothing, while its owner is told', async (_what, text, loud) => {
    const stranger = { ...thief, id: randomUUID() };
    expect(await told(stranger, text)).not.toContain(loud);
    expectNothing(await told(thief, text));
    expect(await told(victim, text)).toContain(loud);
  });

  it('by statistics of the planner: nothing, while a superuser reads them', async () => {
    const views = ['pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs'];
    for (const view of views) expectNothing(await told(thief, `SELECT * FROM ${view}`));
    const { rows } = await owner.query(`SELECT * FROM pg_stats WHERE tablename = 'transactions'`);
    expect(JSON.stringify(rows)).toContain(victim.marker);
    expect(await told(thief, `SELECT tablename FROM pg_stats`)).toContain('currencies');
  });

  it('by the sessions of others: their statements without the values', async () => {
    const other = await database.connect('payments_api');
    await other.query('BEGIN');
    await other.query(`SELECT set_config('app.current_partner_id', $1, true)`, [victim.id]);
    const read = 'SELECT id FROM transactions WHERE reference = $1';
    expect((await other.query(read, [victim.marker])).rowCount).toBe(1);
    const activity = await told(thief, 'SELECT * FROM pg_stat_activity');
    expect(activity).toContain(read);
    expectNothing(activity);
    expect(activity).not.toContain(victim.id);
    await other.query('ROLLBACK');
    expectNothing(await told(thief, 'SELECT * FROM pg_prepared_statements'));
    expectNothing(await told(thief, 'SELECT * FROM pg_settings'));
  });

  it('by large objects: nothing that a superuser keeps there', async () => {
    const made = await owner.query(`SELECT lo_from_bytea(0, $1) AS id`, [
      Buffer.from(victim.marker),
    ]);
    const { id } = made.rows[0] as { id: number };
    expect(await told(thief, 'SELECT lo_get($1)', [id])).toMatch(/^42501/);
    expect((await owner.query('SELECT lo_get($1)', [id])).rowCount).toBe(1);
  });

  it('by a plan: how many rows were passed over, and none of them', async () => {
    const explain = `EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF) SELECT * FROM transactions`;
    const plan = await told(thief, explain);
    expect(plan).toContain('actual rows');
    expectNothing(plan);
    expect(plan).not.toContain(victim.id);
  });

  describe('by a unique index', () => {
    const taken = async (table: string, columns: string[], tenant: Tenant) => {
      const text = `SELECT * FROM ${table} WHERE partner_id = $1 LIMIT 1`;
      const row = (await owner.query<Record<string, unknown>>(text, [tenant.id])).rows[0] ?? {};
      return Object.fromEntries(columns.map((column) => [column, row[column]]));
    };

    it.each([
      ['transactions', ['id']],
      ['refunds', ['id']],
      ['partner_api_keys', ['id']],
      ['partner_api_keys', ['prefix']],
      ['partner_api_keys', ['hash']],
      ['transaction_attempts', ['id']],
    ])('on %s %p: that it is taken and nothing else', async (table, columns) => {
      const foreign = await taken(table, columns, victim);
      const row = { ...freshRows[table]?.(thief), ...foreign };
      const { text, values } = insertOf(table, row);
      const refused = await told(thief, text, values);
      expect(refused).toMatch(
        /^23505 duplicate key value violates unique constraint "\w+" undefined/,
      );
      expectNothing(refused);
      const silent = `${text} ON CONFLICT DO NOTHING RETURNING partner_id`;
      expect(await told(thief, silent, values)).toBe('[]');
      const update = `${text} ON CONFLICT (${columns.join(', ')}) DO UPDATE
        SET ${table === 'partner_api_keys' ? 'name' : 'status'} = DEFAULT RETURNING partner_id`;
      expect(await told(thief, update, values)).toMatch(/^42501/);
      const free = insertOf(table, freshRows[table]?.(thief) ?? {});
      expect(await told(thief, `${free.text} RETURNING partner_id`, free.values)).toContain(
        thief.id,
      );
    });

    it.each([
      ['transactions', ['idempotency_key']],
      ['refunds', ['idempotency_key']],
      ['idempotency_keys', ['route', 'key']],
    ])('on %s %p of a partner: nothing, the same key is free for each', async (table, columns) => {
      const key = await taken(table, columns, victim);
      const mine = insertOf(table, { ...freshRows[table]?.(thief), ...key });
      expect(await told(thief, `${mine.text} RETURNING partner_id`, mine.values)).toContain(
        thief.id,
      );
      const again = insertOf(table, { ...freshRows[table]?.(victim), ...key });
      expect(await told(victim, again.text, again.values)).toMatch(/^23505/);
    });
  });
});
