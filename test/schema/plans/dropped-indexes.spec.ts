import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { insertPaymentHistory } from '../../factories/payment-history.js';
import { withLogin } from '../../support/databases.js';
import type { PlanNode } from '../../support/query-plans/plan-log.js';
import { indexesOf, rowsExamined } from '../../support/query-plans/plan-rules.js';
import { droppedIndexes } from '../support/dropped-indexes.js';
import { type ScratchDatabase, startScratchDatabase } from '../support/scratch-database.js';
import { insertSeedHistory } from '../support/seed-history.js';
import { inTransaction } from '../support/sessions.js';

const payments = 40_000;
const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');
const document = read('../../../docs/schema.md');
const login = 'payments_api';

const morePartners = `
INSERT INTO partners (name, email, api_key_hash, api_key_prefix)
SELECT 'Shop', 'shop-' || n || '@example.com', 'hash-' || n, lpad(n::text, 8, '0')
FROM generate_series(1, 3000) AS n RETURNING id`;

/** Indexes of partitions by the name of the index that they are a part of. */
const partitioned = `
SELECT c.relname AS part, p.relname AS whole FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid JOIN pg_class AS p ON p.oid = i.inhparent
WHERE p.relkind = 'I'`;

describe('an index of the seed that was dropped (F33)', () => {
  let database: ScratchDatabase;
  let superuser: pg.Client;
  let seed: pg.Client;
  let api: pg.Client;
  let partnerIds: string[];
  let wholes: Map<string, string>;

  beforeAll(async () => {
    database = await startScratchDatabase();
    superuser = await database.connect();
    const partners = await superuser.query<{ id: string }>(morePartners);
    partnerIds = partners.rows.slice(0, 10).map(({ id }) => id);
    await insertPaymentHistory(superuser, { transactions: payments, partnerIds, emailHash: 'x' });
    const { rows } = await superuser.query<{ part: string; whole: string }>(partitioned);
    wholes = new Map(rows.map(({ part, whole }) => [part, whole]));
    const url = await database.createDatabase('seed');
    const seedOwner = await database.connectTo(url);
    await seedOwner.query(read('../seed.sql'));
    await insertSeedHistory(seedOwner, payments, partnerIds);
    seed = await database.connectTo(withLogin(url, login));
    api = await database.connect('payments_api');
  });
  afterAll(() => database?.stop());

  async function explain(client: pg.Client, query: string) {
    const [big = ''] = partnerIds;
    const { rows } = await inTransaction(client, { partners: [big] }, () =>
      client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${query}`,
        [big],
      ),
    );
    const plan = rows[0]['QUERY PLAN'][0].Plan;
    const indexes = indexesOf(plan).map((name) => wholes.get(name) ?? name);
    return { rows: rowsExamined(plan), indexes: [...new Set(indexes)] };
  }

  it('has a line in docs/schema.md, with the index that serves now', () => {
    const lines = [...document.matchAll(/^\| `dropped index (idx_\w+)` /gm)].map(
      ([, name]) => name,
    );
    expect(droppedIndexes.map(({ dropped }) => dropped).toSorted()).toEqual(lines.toSorted());
    for (const { dropped, index } of droppedIndexes) {
      expect(document).toMatch(new RegExp(`^\\| \`${dropped}\`.*\`${index}\``, 'm'));
    }
  });

  it.each(droppedIndexes)(
    '$dropped: $index leads to no more rows than the seed looked at',
    async ({ before, after = before, index, guards }) => {
      const old = await explain(seed, before);
      const now = await explain(guards ? superuser : api, after);
      expect(now.indexes).toContain(index);
      expect(now.rows).toBeLessThanOrEqual(Math.max(old.rows, 60));
    },
  );
});
