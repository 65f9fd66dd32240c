import type pg from 'pg';
import { DataSource } from 'typeorm';
import { postgresOptions, TenantDatabase } from '@libs/database';
import { createMigrationDataSource } from '../../../migrations/data-source.js';
import { readSources } from '../../architecture/sources.js';
import {
  createSeedPayment,
  type FaultPair,
  startFaultPair,
  valueOf,
} from '../support/fault-pair.js';
import { createPayment } from '../support/rows.js';
import { inTransaction, refusalOf } from '../support/sessions.js';

let pair: FaultPair;

beforeAll(async () => {
  pair = await startFaultPair();
  await createSeedPayment(pair.seed, pair.seedPartner);
  await createPayment(pair.ours, pair.partner);
});
afterAll(() => pair?.stop());

const countPayments = 'SELECT count(*)::int FROM transactions';

async function listOf(client: pg.Client, sql: string): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(sql);
  return rows.map(({ line }) => line);
}

describe('D2: a partner in every key', () => {
  const pointing = `
    SELECT conrelid::regclass || ' ' || (regexp_match(pg_get_constraintdef(oid), '\\((.*?)\\)'))[1] AS line
    FROM pg_constraint
    WHERE contype = 'f' AND confrelid = 'transactions'::regclass AND conparentid = 0 ORDER BY 1`;

  it('the seed points to a payment by its id alone', async () => {
    expect(await listOf(pair.seed, pointing)).toEqual([
      'refunds transaction_id',
      'transaction_events transaction_id',
    ]);
  });

  it('ours points to it by id and partner, wherever there is a key', async () => {
    expect(await listOf(pair.ours, pointing)).toEqual([
      'refunds transaction_id, partner_id',
      'transaction_attempts transaction_id, partner_id',
      'webhook_deliveries transaction_id, partner_id',
    ]);
  });
});

describe('D3: a policy that is asked once', () => {
  const filterOf = async (client: pg.Client, partner: string) =>
    inTransaction(client, { partners: [partner] }, async () => {
      const { rows } = await client.query('EXPLAIN (COSTS OFF) SELECT * FROM transactions');
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });

  it('the seed reads the setting for every row', async () => {
    const api = await pair.connectToSeed('payments_api');
    const plan = await filterOf(api, pair.seedPartner);
    expect(plan).toContain('current_setting');
    expect(plan).not.toContain('InitPlan');
  });

  it('ours reads it once for a statement', async () => {
    const api = await pair.database.connect('payments_api');
    const plan = await filterOf(api, pair.partner);
    expect(plan).toContain('InitPlan');
    expect(plan).not.toContain('current_setting');
  });
});

describe('D4: the login of the application', () => {
  it('the seed lets only the owner in, to whom its policies do not apply', async () => {
    const stranger = await pair.connectToSeed('payments_worker');
    const read = inTransaction(stranger, { partners: [pair.seedPartner] }, () =>
      stranger.query(countPayments),
    );
    expect((await refusalOf(read)).code).toBe('42501');
    await pair.seed.query('BEGIN');
    await pair.seed.query('ALTER TABLE transactions OWNER TO payments_worker');
    await pair.seed.query('SET LOCAL ROLE payments_worker');
    expect(await valueOf<number>(pair.seed, countPayments)).toBe(1);
    await pair.seed.query('ROLLBACK');
  });

  it('ours lets in logins that own nothing', async () => {
    const api = await pair.database.connect('payments_api');
    const read = () => valueOf<number>(api, countPayments);
    expect(await inTransaction(api, { partners: [pair.partner] }, read)).toBe(1);
    const owned = `SELECT count(*)::int FROM pg_class WHERE relowner = 'payments_api'::regrole`;
    expect(await valueOf<number>(pair.ours, owned)).toBe(0);
  });
});

describe('D5: the partner of a pooled connection', () => {
  it('the seed shows the rows of the partner before, when the setting is made for the session', async () => {
    const pooled = await pair.connectToSeed('payments_api');
    const select = `SELECT set_config('app.current_partner_id', $1, false)`;
    await pooled.query(select, [pair.seedPartner]);
    expect(await valueOf<number>(pooled, countPayments)).toBe(1);
  });

  it('ours forgets it at the end of each statement of the application', async () => {
    const limits = { statementTimeoutMs: 10_000, lockTimeoutMs: 5_000 };
    const settings = {
      ...{ url: pair.database.urlOf('payments_api'), poolMin: 0, poolMax: 1 },
      ...{ ...limits, idleInTransactionTimeoutMs: 10_000 },
    };
    const dataSource = new DataSource(postgresOptions(settings as never, []));
    await dataSource.initialize();
    try {
      const scope = { partnerIds: [pair.partner], actor: 'partner' };
      const rows = await new TenantDatabase(dataSource).statement(scope, countPayments, []);
      expect(rows).toEqual([{ count: 1 }]);
      expect(await dataSource.query(countPayments)).toEqual([{ count: 0 }]);
    } finally {
      await dataSource.destroy();
    }
  });
});

describe('D6: what is cut by month', () => {
  const partitioned = `SELECT relname AS line FROM pg_class
    WHERE relkind = 'p' AND relnamespace = 'public'::regnamespace ORDER BY 1`;

  it('the seed would cut transactions by month, which its unique key forbids', async () => {
    const byMonth = `CREATE TABLE by_month (LIKE transactions INCLUDING DEFAULTS,
      UNIQUE (partner_id, idempotency_key)) PARTITION BY RANGE (created_at)`;
    expect((await refusalOf(pair.seed.query(byMonth))).code).toBe('0A000');
    expect(await listOf(pair.seed, partitioned)).toEqual([]);
  });

  it('ours cuts events and audit rows, and no key ties them to payments', async () => {
    expect(await listOf(pair.ours, partitioned)).toEqual(['audit_logs', 'transaction_events']);
    const keys = `SELECT conname FROM pg_constraint
      WHERE contype = 'f' AND conrelid = 'transaction_events'::regclass`;
    expect((await pair.ours.query(keys)).rows).toEqual([]);
  });
});

describe('D7: who writes a status', () => {
  const writes =
    /UPDATE transactions\b[^;`]*?\bSET\b[^;`]*?\bstatus\s*=|INSERT INTO transactions\b/;

  it('the seed takes any status from anybody', async () => {
    const payment = await createSeedPayment(pair.seed, pair.seedPartner, { status: 'refunded' });
    const sql = `UPDATE transactions SET status = 'completed' WHERE id = $1`;
    expect((await pair.seed.query(sql, [payment])).rowCount).toBe(1);
  });

  it('ours writes it in the statements of one module', () => {
    const writers = readSources().filter(
      ({ path, text }) => /^(?:apps\/api|libs)\//.test(path) && writes.test(text),
    );
    expect(writers.map(({ path }) => path)).toEqual([
      'apps/api/src/modules/transactions/failover.statements.ts',
      'apps/api/src/modules/transactions/settlement.statements.ts',
      'apps/api/src/modules/transactions/transaction-due.statements.ts',
      'apps/api/src/modules/transactions/transaction-request.statements.ts',
      'apps/api/src/modules/transactions/transaction.statements.ts',
    ]);
  });
});

describe('D8: several accounts at one provider', () => {
  const accounts = `SELECT table_name AS line FROM information_schema.columns
    WHERE column_name = 'provider_account' AND is_nullable = 'NO'
      AND column_default LIKE '''default''%' ORDER BY 1`;

  it('the seed knows providers only', async () => {
    expect(await listOf(pair.seed, accounts)).toEqual([]);
  });

  it('ours has the account beside the provider, and in every key of a provider’s ids', async () => {
    expect(await listOf(pair.ours, accounts)).toEqual([
      'provider_webhooks',
      'refunds',
      'transaction_attempts',
      'transactions',
    ]);
    const keys = `SELECT indexdef AS line FROM pg_indexes
      WHERE indexdef ~ 'UNIQUE.*provider_(transaction|refund|event)_id'`;
    const found = await listOf(pair.ours, keys);
    expect(found).toHaveLength(7);
    for (const key of found) expect(key).toContain('(provider, provider_account, provider_');
  });
});

describe('P4: a new provider', () => {
  const add = `ALTER TYPE payment_provider ADD VALUE 'square'`;
  const use = `SELECT 'square'::payment_provider`;

  it('the seed type has no use of a new label before the commit', async () => {
    const session = await pair.connectToSeed();
    await session.query('BEGIN');
    await session.query(add);
    expect((await refusalOf(session.query(use))).code).toBe('55P04');
    await session.query('ROLLBACK');
  });

  it('ours commits each migration, so that the next one can use it', async () => {
    const dataSource = createMigrationDataSource(pair.database.url);
    expect(dataSource.options.migrationsTransactionMode).toBe('each');
  });
});

describe('P6: the clock of leases and expiry', () => {
  const times = '(?:locked_until|expires_at|next_sync_at|next_attempt_at)';
  const compared = new RegExp(`${times}\\s*(?:<=|>=|<|>)\\s*([\\w.$]+(?:\\(\\))?)`, 'g');

  it('ours compares them with the clock of the database alone', () => {
    const found = readSources()
      .filter(({ path }) => /^apps\/api\/src\/.*(?<!\.spec)\.ts$/.test(path))
      // What must always hold is asked of a moment that its caller names.
      .filter(({ path }) => !path.includes('/modules/invariants/'))
      .flatMap(({ text }) => [...text.matchAll(compared)].map(([, clock]) => clock));
    expect(found.length).toBeGreaterThan(3);
    expect(new Set(found)).toEqual(new Set(['clock_timestamp()', 'statement_timestamp()']));
  });

  it('the seed has none of these times', async () => {
    const columns = `SELECT count(*)::int FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name ~ '^${times}$'`;
    expect(await valueOf<number>(pair.seed, columns)).toBe(0);
  });
});
