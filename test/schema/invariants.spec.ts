import pg from 'pg';
import { nextSyncMs } from '../../apps/api/src/modules/transactions/sync-schedule.js';
import { copyDatabase, dropDatabase, queryOnce, withDatabase } from '../support/databases.js';
import { checkInvariants, isBroken } from '../support/invariants.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { fillLively } from './support/lively-database.js';
import { violations } from './support/violations.js';

const allNames = Array.from({ length: 12 }, (_, index) => `I${index + 1}`);

describe('the invariants', () => {
  let lively: ScratchDatabase;

  beforeAll(async () => {
    lively = await startScratchDatabase();
    await fillLively(lively.url);
  });
  afterAll(() => lively?.stop());

  /** Changes a copy past all triggers and foreign keys; returns what a login finds there. */
  async function findingsAfter(sql: string, login = lively.urlOf('payments_worker')) {
    const url = await copyDatabase(lively.url);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query('SET session_replication_role = replica');
      const answers = [await client.query<{ id: string }>(sql)].flat();
      const ids = answers.flatMap(({ rows }) => rows.map(({ id }) => id));
      const findings = await checkInvariants(withDatabase(login, new URL(url).pathname.slice(1)));
      return { ids, findings };
    } finally {
      await client.end();
      await dropDatabase(url);
    }
  }

  it('hold in a lively database, and each of them has rows to look at', async () => {
    const findings = await checkInvariants(lively.urlOf('payments_worker'));
    expect(findings.map(({ name }) => name)).toEqual(allNames);
    expect(findings.filter(isBroken)).toEqual([]);
    expect(findings.filter(({ checked }) => !(checked > 0))).toEqual([]);
  });

  it('look at every row of the tables that they are about', async () => {
    const counted = await queryOnce<{ name: string; count: number }>(
      lively.url,
      `SELECT 'I2' AS name, count(*)::int FROM attempt_records
       UNION ALL SELECT unnest(ARRAY['I3', 'I10', 'I11']), count(*)::int FROM transaction_records
       UNION ALL SELECT unnest(ARRAY['I1', 'I9']), count(*)::int FROM idempotency_keys
       UNION ALL SELECT 'I5', count(*)::int FROM transaction_timeline
       UNION ALL SELECT 'I7', count(*)::int FROM transaction_events`,
    );
    const findings = await checkInvariants(lively.urlOf('payments_worker'));
    const looked = new Map<string, number>(findings.map(({ name, checked }) => [name, checked]));
    expect(counted.map(({ name }) => [name, looked.get(name)])).toEqual(
      counted.map(({ name, count }) => [name, count]),
    );
  });

  it.each(violations)('$invariant alone finds $what', async ({ invariant, sql }) => {
    const { ids, findings } = await findingsAfter(sql);
    expect(ids).toHaveLength(1);
    expect(findings.filter(isBroken)).toEqual([
      expect.objectContaining({
        ...{ name: invariant, violations: 1, examples: ids, problem: null },
      }),
    ]);
  });

  it('each have at least one violation that is tried above', () => {
    const tried = new Set<string>(violations.map(({ invariant }) => invariant));
    expect(allNames.filter((name) => !tried.has(name))).toEqual([]);
  });

  it('count every violation and name ten of them', async () => {
    const { ids, findings } = await findingsAfter(
      `UPDATE idempotency_keys SET response = response || 'x' RETURNING fingerprint AS id`,
    );
    const broken = findings.filter(isBroken);
    expect(ids.length).toBeGreaterThan(10);
    expect(broken).toMatchObject([{ name: 'I9', violations: ids.length }]);
    expect(broken[0]?.examples).toEqual(ids.toSorted().slice(0, 10));
  });

  it.each([
    ['no partner', 'SELECT 1 AS id'],
    [
      'its own partner alone',
      `DO $$ BEGIN EXECUTE format('ALTER ROLE payments_api IN DATABASE %I SET'
         ' app.current_partner_id = %L', current_database(),
         (SELECT id FROM partners WHERE webhook_url IS NOT NULL)); END $$`,
    ],
  ])('fail, all of them, for a login that sees %s', async (_what, sql) => {
    const { findings } = await findingsAfter(sql, lively.urlOf('payments_api'));
    const problems = findings.map(({ name, problem }) => [name, problem]);
    expect(problems.map(([name]) => name)).toEqual(allNames);
    expect(new Map(problems as [string, string][])).toEqual(
      new Map(
        allNames.map((name) => [
          name,
          expect.stringMatching(/^(rows are hidden from this login: \w+|permission denied for)/),
        ]),
      ),
    );
    const hidden = problems.find(([name]) => name === 'I11')?.[1];
    expect(hidden).toBe(
      'rows are hidden from this login: transaction_events, transaction_histories, transactions, transactions_archive',
    );
  });

  it('fail for the owner, whom the policies hold, and hold for operations, who see all', async () => {
    const own = new URL(lively.url);
    own.searchParams.set('options', '-c role=payments_owner');
    const blind = await checkInvariants(own.toString());
    expect(blind.filter(({ problem }) => problem?.startsWith('rows are hidden'))).toHaveLength(12);
    const seeing = await checkInvariants(lively.urlOf('payments_operations'));
    expect(seeing.filter(isBroken)).toEqual([]);
  });

  it('take the time to compare with from their caller', async () => {
    const years = 2 * 365 * 86_400_000;
    const findings = await checkInvariants(
      lively.urlOf('payments_worker'),
      new Date(Date.now() + years),
    );
    expect(findings.filter(isBroken).map(({ name }) => name)).toEqual(['I6', 'I12']);
  });

  it('know the schedule: eleven questions in vain, and eight days', () => {
    const delays = Array.from({ length: 11 }, (_, asked) => nextSyncMs(null, asked));
    expect(delays).not.toContain(null);
    expect(nextSyncMs(null, 11)).toBeNull();
    const total = delays.reduce<number>((sum, delay) => sum + (delay ?? 0), 0);
    expect(total).toBeLessThan(8 * 86_400_000);
  });

  describe('beside other sessions', () => {
    const lock = `SELECT pg_advisory_xact_lock(hashtextextended('payments-invariants', 0))`;

    async function during<T>(statement: string, work: () => Promise<T>): Promise<T> {
      const client = new pg.Client({ connectionString: lively.url });
      await client.connect();
      try {
        await client.query('BEGIN');
        await client.query(statement);
        return await work();
      } finally {
        await client.end();
      }
    }

    it('are left to the process that checks them already, unless a person asks', async () => {
      const check = (inTurn: boolean) =>
        checkInvariants(lively.urlOf('payments_worker'), new Date(), { inTurn });
      await during(lock, async () => {
        expect(await check(true)).toEqual([]);
        expect(await check(false)).toHaveLength(12);
      });
      expect(await check(true)).toHaveLength(12);
    });

    it('stop at once when they are told to, in the middle of a statement', async () => {
      const stopping = new AbortController();
      const { signal } = stopping;
      await during('LOCK TABLE idempotency_keys IN ACCESS EXCLUSIVE MODE', async () => {
        const forever = 600_000;
        const checking = checkInvariants(
          lively.urlOf('payments_worker'),
          new Date(),
          { signal },
          forever,
        );
        const waits = `SELECT FROM pg_locks WHERE NOT granted AND relation = 'idempotency_keys'::regclass
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
        while ((await queryOnce(lively.url, waits)).length === 0);
        stopping.abort();
        expect(await checking).toEqual([]);
      });
    });

    it('fail alone when they take too long', async () => {
      const limit = 500;
      await during('LOCK TABLE partners IN ACCESS EXCLUSIVE MODE', async () => {
        const findings = await checkInvariants(
          lively.urlOf('payments_worker'),
          new Date(),
          {},
          limit,
        );
        expect(findings.filter(isBroken)).toMatchObject([
          { name: 'I7', problem: expect.stringMatching(/^canceling statement due to/) },
        ]);
      });
    });
  });
});
