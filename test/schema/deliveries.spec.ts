import type pg from 'pg';
import { claimDeliveries } from '../../apps/api/src/modules/deliveries/delivery-claim.statements.js';
import {
  recordEnd,
  recordFailure,
  recordSuccess,
} from '../../apps/api/src/modules/deliveries/delivery-outcome.statements.js';
import type { TakenDelivery } from '../../apps/api/src/modules/deliveries/delivery-queue.repository.js';
import type { PlanNode } from '../support/query-plans/plan-log.js';
import { nodesOf, rowsExamined } from '../support/query-plans/plan-rules.js';
import { createPartner, createPayment } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { inTransaction, refusalOf, ruleOf, undone } from './support/sessions.js';

const many = 10_000;
const url = 'https://shop.example/hooks';
const dayMs = 24 * 3_600_000;

/** The deliveries that are there, over and over. */
const multiply = `
WITH e AS (
  INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type)
  SELECT transaction_id, partner_id, 1000 + n, 'webhook_received'
  FROM (SELECT * FROM webhook_deliveries WHERE partner_id = $1 LIMIT 1) AS d,
    generate_series(1, $2::int) AS n
  RETURNING *
)
INSERT INTO webhook_deliveries (partner_id, transaction_id, event_id, event_created_at, type,
  next_attempt_at)
SELECT partner_id, transaction_id, id, created_at, 'transaction.created', now() - interval '1 hour'
FROM e`;

describe('webhooks that are due', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let worker: pg.Client;
  let dead: string;
  let shops: string[];

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    worker = await database.connect('payments_worker');
    dead = await createPartner(owner);
    shops = [await createPartner(owner), await createPartner(owner)];
    await owner.query('UPDATE partners SET webhook_url = $1', [url]);
    for (const partner of [dead, ...shops]) await createPayment(owner, partner);
    await owner.query(multiply, [dead, many]);
    await owner.query('ANALYZE');
  });
  afterAll(() => database?.stop());

  interface Busy {
    id: string;
    running: number;
    isSlow: boolean;
  }
  const claimValues = (fast: number, slow: number, busy: Busy[] = []) => [
    busy.map(({ id }) => id),
    busy.map(({ running }) => running),
    busy.map(({ isSlow }) => isSlow),
    ...[fast, slow, 8, 1, 30_000],
  ];
  const claim = async (fast: number, slow = 0, busy: Busy[] = []) =>
    (await worker.query<TakenDelivery>(claimDeliveries, claimValues(fast, slow, busy))).rows;
  const partnersOf = (taken: TakenDelivery[]) => taken.map((each) => each.partner_id);
  const countOf = (taken: TakenDelivery[], partner: string) =>
    partnersOf(taken).filter((id) => id === partner).length;

  it('are taken one of each partner before the second of any', async () => {
    await undone(worker, async () => {
      const first = await claim(3);
      expect(partnersOf(first).toSorted()).toEqual([dead, ...shops].toSorted());
      const second = await claim(3);
      expect(partnersOf(second).toSorted()).toEqual([dead, ...shops].toSorted());
    });
  });

  it('are at most eight of one partner at once, and one of a partner that is slow', async () => {
    const ofDead = (running: number, isSlow: boolean) =>
      undone(worker, async () =>
        countOf(await claim(64, 64, [{ id: dead, running, isSlow }]), dead),
      );
    expect(await undone(worker, async () => countOf(await claim(64), dead))).toBe(8);
    expect(await ofDead(5, false)).toBe(3);
    expect(await ofDead(8, false)).toBe(0);
    expect(await ofDead(0, true)).toBe(1);
    expect(await ofDead(1, true)).toBe(0);
  });

  it('of slow partners take no slot from the others, nor the other way round', async () => {
    const slow = [{ id: dead, running: 0, isSlow: true }];
    await undone(worker, async () => {
      expect(partnersOf(await claim(64, 0, slow))).not.toContain(dead);
      expect(partnersOf(await claim(0, 64, slow))).toEqual([dead]);
    });
  });

  it('are found by walking from partner to partner, not through all that one of them is owed', async () => {
    const text = `EXPLAIN (ANALYZE, FORMAT JSON) ${claimDeliveries}`;
    await undone(worker, async () => {
      const { rows } = await worker.query<Record<string, [{ Plan: PlanNode }]>>(
        text,
        claimValues(64, 64),
      );
      const plan = rows[0]?.['QUERY PLAN']?.[0]?.Plan as PlanNode;
      expect(nodesOf(plan).length).toBeGreaterThan(10);
      expect(rowsExamined(plan)).toBeLessThan(200);
    });
  });

  it.each([
    ['has no URL', 'webhook_url = NULL'],
    ['is disabled', `webhook_disabled_at = now(), webhook_disabled_reason = 'gone'`],
    ['is inactive', 'is_active = false'],
    ['is deleted', 'deleted_at = now()'],
  ])('wait while their partner %s', async (_what, change) => {
    const [shop = ''] = shops;
    const set = (sql: string) => owner.query(`UPDATE partners SET ${sql} WHERE id = '${shop}'`);
    await set(change);
    try {
      expect(await undone(worker, async () => countOf(await claim(64), shop))).toBe(0);
    } finally {
      await set(`webhook_url = '${url}', webhook_disabled_at = NULL, is_active = true,
        deleted_at = NULL`);
    }
    expect(await undone(worker, async () => countOf(await claim(64), shop))).toBe(2);
  });

  it('are leased: nobody else takes them, until the lease has ended', async () => {
    const other = await database.connect('payments_worker');
    const taken = await claim(1, 0, [{ id: dead, running: 8, isSlow: false }]);
    expect(taken).toMatchObject([{ attempt_count: 1, url, from_status: null }]);
    const id = taken[0]?.id;
    const again = async () =>
      (
        await undone(
          other,
          async () => (await other.query<TakenDelivery>(claimDeliveries, claimValues(64, 0))).rows,
        )
      ).filter((each) => each.id === id);
    expect(await again()).toEqual([]);
    await owner.query(`UPDATE webhook_deliveries SET leased_until = now() WHERE id = $1`, [id]);
    expect(await again()).toMatchObject([{ id, attempt_count: 2 }]);
  });
});

describe('what comes of a webhook', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let worker: pg.Client;
  let shop: string;
  let taken: TakenDelivery[];

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    worker = await database.connect('payments_worker');
  });
  beforeEach(async () => {
    shop = await createPartner(owner);
    await owner.query('UPDATE partners SET webhook_url = $2 WHERE id = $1', [shop, url]);
    await createPayment(owner, shop);
    const values = [[], [], [], 64, 0, 8, 1, 30_000];
    const { rows } = await worker.query<TakenDelivery>(claimDeliveries, values);
    taken = rows.filter((each) => each.partner_id === shop);
  });
  afterAll(() => database?.stop());

  const record = (statement: string, index: number, status: string, more: unknown[] = []) => {
    const { id, attempt_count: number } = taken[index] as TakenDelivery;
    const next = status === 'pending' ? 5_000 : null;
    const code = status === 'delivered' ? 200 : 500;
    const values = [id, number, url, '{}', 'hash', code, null, 'k1.answer', 12, status, next];
    return worker.query(statement, [...values, ...more]);
  };
  const partner = async () =>
    (await owner.query('SELECT * FROM partners WHERE id = $1', [shop])).rows[0];
  const deliveries = async () => {
    const { rows } = await owner.query(
      'SELECT * FROM webhook_deliveries WHERE partner_id = $1 ORDER BY id = $2 DESC',
      [shop, taken[0]?.id],
    );
    return rows;
  };

  it('is logged, and ends the lease', async () => {
    await record(recordSuccess, 0, 'delivered');
    await record(recordFailure, 1, 'pending');
    const [delivered, waiting] = await deliveries();
    expect(delivered).toMatchObject({
      ...{ status: 'delivered', next_attempt_at: null, leased_until: null },
      delivered_at: expect.any(Date) as Date,
    });
    expect(waiting).toMatchObject({ status: 'pending', leased_until: null, delivered_at: null });
    expect(waiting.next_attempt_at.getTime()).toBeGreaterThan(Date.now() - 3_600_000);
    const { rows } = await owner.query(
      'SELECT * FROM webhook_delivery_attempts WHERE partner_id = $1 ORDER BY http_status',
      [shop],
    );
    expect(rows.map((row) => [row.number, row.http_status])).toEqual([
      [1, 200],
      [1, 500],
    ]);
  });

  it('is logged but decides nothing, when the lease had ended and another worker has it', async () => {
    const [first] = taken as [TakenDelivery];
    const later = 'UPDATE webhook_deliveries SET attempt_count = 2 WHERE id = $1';
    await owner.query(later, [first.id]);
    await record(recordSuccess, 0, 'delivered');
    expect((await deliveries())[0]).toMatchObject({ status: 'pending', attempt_count: 2 });
  });

  it('tells since when a URL fails, until something is delivered there', async () => {
    await record(recordFailure, 0, 'pending');
    const { webhook_failing_since: since, version } = await partner();
    expect(since).not.toBeNull();
    await record(recordSuccess, 1, 'delivered');
    expect(await partner()).toMatchObject({ webhook_failing_since: null, version });
  });

  it.each([
    ['gone', null, true],
    ['failing', '6 days', true],
    ['failing', '4 days', false],
    ['failing', null, false],
  ])('ends a URL that is %s, after %s', async (reason, since, ends) => {
    await owner.query(
      'UPDATE partners SET webhook_failing_since = now() - $2::interval WHERE id = $1',
      [shop, since],
    );
    const { rowCount } = await record(recordEnd, 0, 'pending', [reason, 5 * dayMs]);
    expect(rowCount).toBe(ends ? 1 : 0);
    expect((await partner()).webhook_disabled_reason).toBe(ends ? reason : null);
    const { rows } = await owner.query(
      `SELECT changes, actor_type FROM audit_logs WHERE partner_id = $1 AND action = 'update'`,
      [shop],
    );
    const changes = { after: { webhook_disabled_reason: reason } };
    expect(rows).toEqual(ends ? [{ changes, actor_type: 'system' }] : []);
  });

  it('of the URL before says nothing about the present one', async () => {
    await owner.query(`UPDATE partners SET webhook_url = 'https://new.example' WHERE id = $1`, [
      shop,
    ]);
    expect((await record(recordEnd, 0, 'pending', ['gone', 0])).rowCount).toBe(0);
    await record(recordFailure, 1, 'pending');
    expect(await partner()).toMatchObject({
      ...{ webhook_disabled_at: null, webhook_failing_since: null },
    });
  });

  it.each(['webhook_disabled_at = NULL', `webhook_url = 'https://new.example'`])(
    'is forgotten with %s',
    async (change) => {
      await record(recordFailure, 0, 'pending');
      await record(recordEnd, 1, 'pending', ['gone', 0]);
      expect((await partner()).webhook_disabled_at).not.toBeNull();
      const api = await database.connect('payments_api');
      await inTransaction(api, { partners: [shop] }, () =>
        api.query(`UPDATE partners SET ${change}`),
      );
      expect(await partner()).toMatchObject({
        ...{ webhook_disabled_at: null, webhook_disabled_reason: null },
        webhook_failing_since: null,
      });
    },
  );

  it('stays as it was logged: only a new key may seal an answer anew', async () => {
    await record(recordSuccess, 0, 'delivered');
    const change = (sql: string) => owner.query(sql);
    for (const sql of ['SET http_status = 500', `SET answer = 'k1.other'`, `SET url = 'x'`]) {
      expect(await ruleOf(change(`UPDATE webhook_delivery_attempts ${sql}`))).toBe('append_only');
    }
    expect(await ruleOf(change('DELETE FROM webhook_delivery_attempts'))).toBe('append_only');
    expect(await ruleOf(change('TRUNCATE webhook_delivery_attempts'))).toBe('append_only');
    for (const role of ['payments_api', 'payments_worker'] as const) {
      const session = await database.connect(role);
      const attack = session.query(`UPDATE webhook_delivery_attempts SET answer = 'k2.x'`);
      expect((await refusalOf(attack)).code).toBe('42501');
    }
    const operations = await database.connect('payments_operations');
    const reseal = `UPDATE webhook_delivery_attempts SET answer = 'k2.new' WHERE partner_id = $1`;
    expect((await operations.query(reseal, [shop])).rowCount).toBe(1);
  });

  it('may be deleted after 90 days, and not before', async () => {
    await record(recordSuccess, 0, 'delivered');
    await owner.query('SET session_replication_role = replica');
    await owner.query(
      `UPDATE webhook_delivery_attempts SET started_at = now() - interval '91 days'
       WHERE partner_id = $1`,
      [shop],
    );
    await owner.query('SET session_replication_role = origin');
    const remove = 'DELETE FROM webhook_delivery_attempts WHERE partner_id = $1';
    expect((await owner.query(remove, [shop])).rowCount).toBe(1);
  });

  it('tells anybody of the API how overdue the oldest webhook is, and nothing else', async () => {
    const api = await database.connect('payments_api');
    const lag = async () =>
      (await api.query<{ lag: number }>('SELECT read_outbox_lag() AS lag')).rows[0]?.lag;
    await owner.query(`UPDATE webhook_deliveries SET next_attempt_at = now() + interval '1 day'
      WHERE status = 'pending'`);
    expect(await lag()).toBe(0);
    await owner.query(`UPDATE webhook_deliveries SET next_attempt_at = now() - interval '1 hour'
      WHERE id = '${taken[0]?.id}'`);
    expect(Math.floor((await lag()) ?? 0)).toBeGreaterThanOrEqual(3_600);
    await owner.query(`UPDATE partners SET webhook_url = NULL`);
    expect(await lag()).toBe(0);
  });
});
