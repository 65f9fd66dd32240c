import type pg from 'pg';
import { queryOnce } from '../support/databases.js';
import { TestLifecycle } from '../support/lifecycle.js';
import { createPartner, createPayment } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { inTransaction, refusalOf, ruleOf } from './support/sessions.js';

const dayMs = 86_400_000;
const inHalfAYear = new Date(Date.now() + 180 * dayMs);

interface AuditRow {
  actor_type: string;
  actor: string;
  changes: { job: string; rows: Record<string, number> };
}

describe('a job of the life cycle', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let lifecycle: TestLifecycle;

  beforeEach(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    lifecycle = await TestLifecycle.connect(database.urlOf('payments_worker'));
  });
  afterEach(async () => {
    await lifecycle?.close();
    await database?.stop();
  });

  const audited = async () => {
    const text = `SELECT actor_type, actor, changes FROM audit_logs WHERE resource_type = 'lifecycle'`;
    return (await owner.query<AuditRow>(text)).rows;
  };
  const partitions = async () => {
    const text = `SELECT count(*)::int AS count FROM pg_inherits
      WHERE inhparent IN ('transaction_events'::regclass, 'audit_logs'::regclass)`;
    return (await owner.query<{ count: number }>(text)).rows[0].count;
  };

  it('says in a dry run what it would do, and does only that afterwards', async () => {
    const before = await partitions();
    const wouldMake = await lifecycle.run('partitions', inHalfAYear, { dryRun: true });
    expect([await partitions(), await audited()]).toEqual([before, []]);
    expect(wouldMake.partitions_made).toBeGreaterThan(0);
    expect(await lifecycle.run('partitions', inHalfAYear)).toEqual(wouldMake);
    expect(await partitions()).toBe(before + wouldMake.partitions_made);
  });

  it('writes one audit row for a run that changed something, and none for one that did not', async () => {
    const rows = await lifecycle.run('partitions', inHalfAYear);
    expect(await lifecycle.run('partitions', inHalfAYear)).toEqual({});
    expect(await audited()).toEqual([
      {
        ...{ actor_type: 'system', actor: 'lifecycle' },
        changes: { job: 'partitions', now: expect.any(String), rows },
      },
    ]);
  });

  it('is left to the process that is at it', async () => {
    await owner.query('BEGIN');
    const lock = `SELECT pg_advisory_xact_lock(hashtextextended('lifecycle partitions', 0))`;
    await owner.query(lock);
    expect(await lifecycle.end('partitions', inHalfAYear)).toMatchObject({
      ...{ end: 'left', counts: {} },
    });
    await owner.query('COMMIT');
    expect(await lifecycle.end('partitions', inHalfAYear)).toMatchObject({ end: 'done' });
  });

  it('is claimed once a day among all workers, and again when its worker died', async () => {
    const minuteMs = 60_000;
    const claim = () => lifecycle.rows.claimDue(['partitions'], minuteMs);
    const claims = await Promise.all([claim(), claim(), claim(), claim()]);
    expect(claims.filter(Boolean)).toHaveLength(1);
    const pass = (time: string) =>
      owner.query('UPDATE lifecycle_runs SET next_run_at = next_run_at - $1::interval', [time]);
    await pass('59 seconds');
    expect(await claim()).toBeUndefined();
    await pass('1 second');
    expect(await claim()).toMatchObject({ job: 'partitions' });
    await lifecycle.run('partitions', new Date());
    await pass('23:59');
    expect(await claim()).toBeUndefined();
    await pass('1 minute');
    expect(await claim()).toMatchObject({ job: 'partitions' });
  });
});

describe('a legal hold', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let operations: pg.Client;
  let partner: string;
  let payment: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    operations = await database.connect('payments_operations');
  });
  beforeEach(async () => {
    partner = await createPartner(owner);
    payment = await createPayment(owner, partner);
  });
  afterAll(() => database?.stop());

  const place = (transaction: string | null) =>
    operations.query(
      `INSERT INTO legal_holds (partner_id, transaction_id, reason, placed_by)
       VALUES ($1, $2, 'a case at court', 'ada') RETURNING id`,
      [partner, transaction],
    );
  const isHeld = async (transaction: string | null) => {
    const values = [partner, transaction];
    const text = 'SELECT is_held($1, $2) AS held';
    const rows = await queryOnce<{ held: boolean }>(
      database.urlOf('payments_worker'),
      text,
      values,
    );
    return rows[0].held;
  };

  it('of a payment holds that payment and no other', async () => {
    const other = await createPayment(owner, partner);
    await place(payment);
    expect([await isHeld(payment), await isHeld(other), await isHeld(null)]).toEqual([
      ...[true, false, false],
    ]);
  });

  it('of a partner holds all that is its own, until it is released', async () => {
    await place(null);
    expect([await isHeld(payment), await isHeld(null)]).toEqual([true, true]);
    const release = `UPDATE legal_holds SET released_by = 'ada', released_at = now() WHERE partner_id = $1`;
    await operations.query(release, [partner]);
    expect([await isHeld(payment), await isHeld(null)]).toEqual([false, false]);
    expect(await ruleOf(operations.query(release, [partner]))).toBe('legal_holds_released');
  });

  it('is placed once, keeps its reason, and is unknown to partners', async () => {
    await place(payment);
    expect(await ruleOf(place(payment))).toBe('unique_legal_holds_open');
    const change = operations.query(`UPDATE legal_holds SET reason = 'x'`);
    expect((await refusalOf(change)).code).toBe('42501');
    const api = await database.connect('payments_api');
    for (const text of ['SELECT FROM legal_holds', 'SELECT is_held(NULL, NULL)']) {
      const read = inTransaction(api, { partners: [partner] }, () => api.query(text));
      expect((await refusalOf(read)).code).toBe('42501');
    }
  });
});
