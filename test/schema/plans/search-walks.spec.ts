import type pg from 'pg';
import { insertPaymentHistory } from '../../factories/payment-history.js';
import type { PlanNode } from '../../support/query-plans/plan-log.js';
import { nodesOf, rowsExamined } from '../../support/query-plans/plan-rules.js';
import { type ScratchDatabase, startScratchDatabase } from '../support/scratch-database.js';
import { inTransaction } from '../support/sessions.js';

const payments = 24_000;
const walk = 5_000;

const showPlans = `
LOAD 'auto_explain';
SET auto_explain.log_min_duration = 0;
SET auto_explain.log_analyze = on;
SET auto_explain.log_nested_statements = on;
SET auto_explain.log_format = json;
SET client_min_messages = log;
SET random_page_cost = 100`;

const partners = `
INSERT INTO partners (name, email, api_key_hash, api_key_prefix)
SELECT 'Shop', 'shop-' || n || '@example.com', 'hash-' || n, lpad(n::text, 8, '0')
FROM generate_series(1, 10) AS n RETURNING id`;

/** Just after a rare payment with so many older ones: the sample finds it, and the walk begins there. */
const rareWithOlder = `
SELECT (created_at + interval '1 us')::text AS until FROM (
  SELECT created_at, currency, row_number() OVER (ORDER BY created_at, id) AS older
  FROM transactions WHERE partner_id = $1 AND deleted_at IS NULL) AS t
WHERE currency = 'THB' AND older > $2 ORDER BY older LIMIT 1`;

const search = `SELECT search_transactions(21, NULL, NULL, NULL, $1::timestamptz, NULL, NULL, NULL,
  'THB', NULL, NULL, NULL, NULL, NULL)`;

describe('a search that walks the newest payments', () => {
  let database: ScratchDatabase;
  let superuser: pg.Client;
  let big: string;
  const plans: PlanNode[] = [];

  beforeAll(async () => {
    database = await startScratchDatabase();
    superuser = await database.connect();
    const { rows } = await superuser.query<{ id: string }>(partners);
    const partnerIds = rows.map(({ id }) => id);
    big = partnerIds[0] ?? '';
    await insertPaymentHistory(superuser, { transactions: payments, partnerIds, emailHash: 'x' });
    await superuser.query(showPlans);
    superuser.on('notice', ({ message = '' }) => {
      const [, text] = /plan:\n(\{.*\})$/s.exec(message) ?? [];
      if (text) plans.push((JSON.parse(text) as { Plan: PlanNode }).Plan);
    });
  });
  afterAll(() => database?.stop());

  it('reads them in the order of their index, even where that looks expensive', async () => {
    const { rows } = await superuser.query<{ until: string }>(rareWithOlder, [big, 6_000]);
    plans.length = 0;
    await inTransaction(superuser, { partners: [big] }, () =>
      superuser.query(search, [rows[0]?.until]),
    );
    const walks = plans.filter((plan) => rowsExamined(plan) >= walk);
    expect(walks).not.toEqual([]);
    const sorts = walks.flatMap(nodesOf).filter((node) => node['Node Type'] === 'Sort');
    expect(sorts).toEqual([]);
  });
});
