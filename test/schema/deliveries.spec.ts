import type pg from 'pg';
import { claimDeliveries } from '../../apps/api/src/modules/deliveries/delivery-claim.statements.js';
import type { TakenDelivery } from '../../apps/api/src/modules/deliveries/delivery-queue.repository.js';
import type { PlanNode } from '../support/query-plans/plan-log.js';
import { nodesOf, rowsExamined } from '../support/query-plans/plan-rules.js';
import { createPartner, createPayment } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { undone } from './support/sessions.js';

const many = 10_000;
const url = 'https://shop.example/hooks';

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

  it('are each taken by one of two workers that ask at the same moment', async () => {
    const other = await database.connect('payments_worker');
    await other.query(`SET statement_timeout = '5s'`);
    await undone(worker, async () => {
      const first = await claim(6);
      const second = await undone(other, async () => {
        const { rows } = await other.query<TakenDelivery>(claimDeliveries, claimValues(64, 0));
        return rows;
      });
      expect(first).toHaveLength(6);
      expect(second.length).toBeGreaterThan(1);
      const ids = first.map(({ id }) => id);
      expect(second.filter(({ id }) => ids.includes(id))).toEqual([]);
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
      const plan = rows[0]?.['QUERY PLAN']?.[0]?.Plan;
      if (!plan) throw new Error('no plan');
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
