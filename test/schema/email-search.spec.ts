import type pg from 'pg';
import { createPartner } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { undone } from './support/sessions.js';

describe('a search by email', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let partner: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    partner = await createPartner(owner);
  });
  afterAll(() => database?.stop());

  it.each([
    ['one key', `'k1.7'`],
    ['two keys', `'k2.7', 'k1.7'`],
  ])('is served by its index under %s', async (_what, hashes) => {
    const text = await undone(owner, async () => {
      await owner.query(
        `INSERT INTO transactions (partner_id, idempotency_key, amount, currency, payment_method,
           provider, status, changed_by, customer_email_hash)
         SELECT $1, 'hashed-' || n, 10, 'USD', 'card', 'stripe', 'pending', 'partner', 'k1.' || n
         FROM generate_series(1, 3000) AS n`,
        [partner],
      );
      await owner.query('ANALYZE transactions');
      await owner.query(`SELECT set_config('app.current_partner_id', $1, true)`, [partner]);
      await owner.query('SET LOCAL ROLE payments_api');
      const plan = await owner.query(
        `EXPLAIN (COSTS OFF) SELECT * FROM transactions WHERE partner_id = '${partner}'
         AND deleted_at IS NULL AND customer_email_hash IN (${hashes})
         ORDER BY created_at DESC, id DESC LIMIT 20`,
      );
      return plan.rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(text).toContain('idx_transactions_customer_email');
    expect(text).toMatch(/Index Cond:.*customer_email_hash/);
  });
});
