import { randomUUID } from 'node:crypto';
import { lifecycleJobs } from '../../apps/api/src/modules/lifecycle/lifecycle-jobs.js';
import { checkInvariants, isBroken } from '../support/invariants.js';
import { TestLifecycle } from '../support/lifecycle.js';
import { AgingDatabase } from './support/aging-database.js';
import { fillLively } from './support/lively-database.js';
import { createPayment, insertAttempt } from './support/rows.js';

const yearMs = 366 * 86_400_000;
const inThreeYears = new Date(Date.now() + 3 * yearMs);
const inElevenYears = new Date(Date.now() + 11 * yearMs);

/** A rule about one row: how it comes about, and when it ends. */
interface Rule {
  job: string;
  what: string;
  /** Makes the only row that is due; $1 is a partner, $2 a payment of it, $3 a new id. */
  make: string;
  table: string;
  /** When the row goes, in SQL about it. */
  ends: string;
  done: Record<string, number>;
}

const keyOf = `INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint,
  resource_type, resource_id) SELECT $1::uuid, 'POST /v1/transactions', $3, '{}', repeat('0', 64),
  'transaction', $2::uuid`;
const webhookOf = (status: string) => `INSERT INTO provider_webhooks (provider, provider_event_id,
  event_type, body, partner_id, transaction_id, status, applied_at)
  SELECT 'stripe', $3, 'x', 'x', $1::uuid, $2::uuid, '${status}',
    CASE '${status}' WHEN 'applied' THEN now() END`;

const rules: Rule[] = [
  {
    ...{ job: 'deliveries', what: 'a webhook that was sent', table: 'webhook_deliveries' },
    make: `INSERT INTO webhook_deliveries (id, partner_id, transaction_id, event_id, event_created_at,
      type, status, next_attempt_at, delivered_at)
      SELECT $3::uuid, $1, $2, 0, now(), 'transaction.created', 'delivered', NULL, now()`,
    ends: `created_at + interval '90 days'`,
    done: { webhook_deliveries_deleted: 1 },
  },
  {
    ...{ job: 'deliveries', what: 'an ignored webhook of a provider', table: 'provider_webhooks' },
    make: webhookOf('ignored'),
    ends: `received_at + interval '90 days'`,
    done: { provider_webhooks_deleted: 1 },
  },
  {
    ...{ job: 'deliveries', what: 'an applied webhook of a provider', table: 'provider_webhooks' },
    make: webhookOf('applied'),
    ends: `received_at + interval '90 days'`,
    done: { provider_webhooks_deleted: 1 },
  },
  {
    ...{ job: 'transmissions', what: 'the id of a sending', table: 'provider_transmissions' },
    make: `INSERT INTO provider_transmissions (provider, provider_account, transmission_id,
      provider_event_id) SELECT 'paypal', 'default', $3, COALESCE($1::text, $2::text)`,
    ends: `received_at + interval '8 days'`,
    done: { provider_transmissions_deleted: 1 },
  },
  {
    ...{ job: 'idempotency', what: 'an idempotency key', table: 'idempotency_keys', make: keyOf },
    ends: `created_at + interval '7 days'`,
    done: { idempotency_keys_deleted: 1 },
  },
];

describe('the rules of the life cycle', () => {
  let aging: AgingDatabase;
  let payment: string;

  beforeAll(async () => {
    aging = await AgingDatabase.start();
    payment = await createPayment(aging.owner, aging.partner);
  });
  afterAll(() => aging?.stop());

  const run = (job: string, now: Date) => aging.lifecycle.run(job, now);
  const make = (sql: string) => aging.owner.query(sql, [aging.partner, payment, randomUUID()]);
  const count = async (table: string) => {
    const text = `SELECT count(*)::int FROM ${table}`;
    return (await aging.rowsOf<{ count: number }>(text))[0].count;
  };

  it.each(rules)(
    '$job: $what stays until a second before its end, and is gone a second after it',
    async ({ job, make: sql, table, ends, done }) => {
      await make(sql);
      const [before, after] = await aging.around(`SELECT ${ends} AS at FROM ${table}`);
      expect(await run(job, before)).toEqual({});
      expect(await count(table)).toBe(1);
      expect(await run(job, after)).toEqual(done);
      expect(await count(table)).toBe(0);
    },
  );

  it.each(
    rules
      .filter(({ job }) => job !== 'transmissions')
      .flatMap((rule) => [
        { ...rule, of: 'payment' },
        { ...rule, of: 'partner' },
      ]),
  )(
    '$job: $what of a held $of stays until it is released',
    async ({ job, make: sql, of, done }) => {
      await make(sql);
      await aging.hold(of === 'payment' ? payment : null);
      expect(await run(job, inThreeYears)).toEqual({});
      await aging.release();
      expect(await run(job, inThreeYears)).toEqual(done);
    },
  );

  it('deliveries: what is still owed or was sent again lately stays, however old it is', async () => {
    await aging.owner.query(`UPDATE partners SET webhook_url = 'https://shop.example'`);
    await createPayment(aging.owner, aging.partner);
    await aging.owner.query(insertAttempt, [aging.partner, 'k1.x']);
    expect(await run('deliveries', inThreeYears)).toEqual({});
    await aging.owner.query(
      `UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL`,
    );
    await aging.owner.query('SET session_replication_role = replica');
    await aging.owner.query(
      `UPDATE webhook_deliveries SET created_at = created_at - interval '1 year'`,
    );
    await aging.owner.query('SET session_replication_role = origin');
    const [before, after] = await aging.around(
      `SELECT started_at + interval '90 days' AS at FROM webhook_delivery_attempts`,
    );
    await run('deliveries', before);
    expect(await count('webhook_delivery_attempts')).toBe(1);
    await run('deliveries', after);
    expect([await count('webhook_deliveries'), await count('webhook_delivery_attempts')]).toEqual([
      ...[0, 0],
    ]);
  });

  it('deliveries: a webhook of a provider stays while it waits, and while people look at it', async () => {
    await make(webhookOf('parked'));
    await make(webhookOf('received'));
    await make(webhookOf('failed'));
    await aging.owner.query(
      `INSERT INTO review_items (kind, subject, provider_webhook_id)
       SELECT 'webhook_failed', id, id FROM provider_webhooks WHERE status = 'failed'`,
    );
    expect(await run('deliveries', inThreeYears)).toEqual({});
    await aging.owner.query(
      `UPDATE review_items SET status = 'resolved', resolved_at = now(), resolved_by = 'ada',
         resolution = 'done'`,
    );
    expect(await run('deliveries', inThreeYears)).toEqual({
      provider_webhooks_deleted: 1,
    });
  });

  it('idempotency: a payment keeps its own key when the stored answer is gone', async () => {
    await make(keyOf);
    await run('idempotency', inThreeYears);
    const again = `INSERT INTO transactions (partner_id, idempotency_key, amount, currency,
      payment_method, provider, changed_by) SELECT partner_id, idempotency_key, amount, currency,
      payment_method, provider, 'partner' FROM transactions`;
    await expect(aging.owner.query(again)).rejects.toMatchObject({
      constraint: 'unique_partner_idempotency',
    });
  });
});

describe('all jobs of the life cycle', () => {
  let aging: AgingDatabase;

  beforeEach(async () => {
    aging = await AgingDatabase.start();
    await fillLively(aging.database.url);
  });
  afterEach(() => aging?.stop());

  it('changes nothing in a dry run of any job, though every job has something to do', async () => {
    const payment = await createPayment(aging.owner, aging.partner);
    for (const { make } of rules) {
      await aging.owner.query(make, [aging.partner, payment, randomUUID()]);
    }
    const before = await dump();
    const would = new Map<string, object>();
    for (const { name } of lifecycleJobs) {
      would.set(name, await aging.lifecycle.run(name, inElevenYears, { dryRun: true }));
    }
    expect([...would.values()].filter((counts) => Object.keys(counts).length === 0)).toEqual([]);
    expect(await dump()).toEqual(before);
    expect(Object.keys(before).length).toBeGreaterThan(20);
  });

  it('does as much in small batches, by two at once, as its dry run says', async () => {
    const would = await aging.lifecycle.run('events', inThreeYears, { dryRun: true });
    const other = await TestLifecycle.connect(aging.database.urlOf('payments_worker'));
    const total: Record<string, number> = {};
    try {
      let ends: string[] = [];
      while (!ends.includes('done')) {
        const both = await Promise.all(
          [aging.lifecycle, other].map((one) => one.end('events', inThreeYears, { batchSize: 3 })),
        );
        for (const [done, rows] of both.flatMap(({ counts }) => Object.entries(counts))) {
          total[done] = (total[done] ?? 0) + rows;
        }
        ends = both.map(({ end }) => end);
      }
    } finally {
      await other.close();
    }
    expect(total).toEqual(would);
    const broken = (await checkInvariants(aging.database.urlOf('payments_worker'))).filter(
      isBroken,
    );
    expect(broken.map(({ name }) => name)).toEqual(['I12']);
  });

  /** A hash of every table. */
  async function dump(): Promise<Record<string, string>> {
    const { rows } = await aging.owner.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
         AND relkind IN ('r', 'p') ORDER BY 1`,
    );
    const hashes: Record<string, string> = {};
    for (const { name } of rows) {
      const text = `SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text)) AS hash FROM ${name} AS t`;
      hashes[name] = (await aging.owner.query<{ hash: string }>(text)).rows[0].hash;
    }
    return hashes;
  }
});
