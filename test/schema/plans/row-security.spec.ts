import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { withLogin } from '../../support/databases.js';
import type { PlanNode } from '../../support/query-plans/plan-log.js';
import { indexesOf, nodesOf, rowsExamined } from '../../support/query-plans/plan-rules.js';
import { type ScratchDatabase, startScratchDatabase } from '../support/scratch-database.js';
import { insertSeedHistory } from '../support/seed-history.js';
import { inTransaction } from '../support/sessions.js';

const payments = 40_000;
const newestFailed = `SELECT * FROM transactions WHERE partner_id = $1 AND status = 'failed'
  AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 50`;
const oneCart = `SELECT * FROM transactions WHERE partner_id = $1 AND metadata @> '{"cart": "c-77"}'
  AND deleted_at IS NULL`;

describe('the seed design under its own row-level security (F34)', () => {
  let database: ScratchDatabase;
  let superuser: pg.Client;
  let api: pg.Client;
  const partners = Array.from({ length: 10 }, () => randomUUID());
  const [big = ''] = partners;

  beforeAll(async () => {
    database = await startScratchDatabase();
    const url = await database.createDatabase('seed');
    superuser = await database.connectTo(url);
    await superuser.query(readFileSync(join(import.meta.dirname, '../seed.sql'), 'utf8'));
    await insertSeedHistory(superuser, payments, partners);
    const login = 'payments_api';
    api = await database.connectTo(withLogin(url, login));
  });
  afterAll(() => database?.stop());

  async function explain(client: pg.Client, query: string): Promise<PlanNode> {
    const { rows } = await inTransaction(client, { partners: [big] }, () =>
      client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${query}`, [big]),
    );
    return rows[0]['QUERY PLAN'][0].Plan;
  }

  function conditionsOf(plan: PlanNode): string {
    return nodesOf(plan)
      .flatMap((node) => (node as { 'Index Cond'?: string })['Index Cond'] ?? [])
      .join(' ');
  }

  it('has no status among its index conditions, as an enum comparison is not leakproof', async () => {
    const plain = await explain(superuser, newestFailed);
    expect(conditionsOf(plain)).toContain('status');
    const secured = await explain(api, newestFailed);
    expect(conditionsOf(secured)).not.toContain('status');
    expect(rowsExamined(secured)).toBeGreaterThan(10 * rowsExamined(plain));
  });

  it('leaves the index of metadata aside, as containment is not leakproof', async () => {
    const plain = await explain(superuser, oneCart);
    expect(indexesOf(plain)).toContain('idx_transactions_metadata');
    const secured = await explain(api, oneCart);
    expect(indexesOf(secured)).not.toContain('idx_transactions_metadata');
    expect(rowsExamined(secured)).toBeGreaterThan(10 * rowsExamined(plain));
  });

  it.each([
    ['enum_eq', false],
    ['jsonb_contains', false],
    ['numeric_ge', false],
    ['uuid_eq', true],
    ['texteq', true],
    ['timestamptz_gt', true],
  ])('comparison %s is leakproof: %s', async (name, isLeakproof) => {
    const { rows } = await superuser.query('SELECT proleakproof FROM pg_proc WHERE proname = $1', [
      name,
    ]);
    expect(rows).toEqual([{ proleakproof: isLeakproof }]);
  });
});
