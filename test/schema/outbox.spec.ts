import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createMigrationDataSource } from '../../migrations/data-source.js';
import * as migrations from '../../migrations/index.js';
import { migrate } from '../../migrations/migrate.js';
import { prepareSql, requiredExtensions } from '../../migrations/roles.js';
import {
  completePayment,
  createPartner,
  createPayment,
  insertRefund,
  settleRefund,
} from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { inTransaction, refusalOf } from './support/sessions.js';
import { insertIntents, settleIntents } from './support/statements.js';

const setUrl = 'UPDATE partners SET webhook_url = $2 WHERE id = $1';
const url = 'https://shop.example/hooks';

async function sinceOf(client: pg.Client, partner: string): Promise<Date | null> {
  const text = 'SELECT webhook_url_since AS since FROM partners WHERE id = $1';
  return (await client.query<{ since: Date | null }>(text, [partner])).rows[0].since;
}

describe('the outbox of webhooks', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  let subscriber: string;
  let other: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    api = await database.connect('payments_api');
  });
  beforeEach(async () => {
    subscriber = await createPartner(owner);
    other = await createPartner(owner);
    await owner.query(setUrl, [subscriber, url]);
  });
  afterAll(() => database?.stop());

  const typesOf = async (transaction: string) => {
    const { rows } = await owner.query<{ type: string }>(
      `SELECT d.type FROM webhook_deliveries AS d JOIN transaction_events AS e
         ON e.id = d.event_id AND e.created_at = d.event_created_at AND e.partner_id = d.partner_id
           AND e.transaction_id = d.transaction_id
       WHERE d.transaction_id = $1 AND d.status = 'pending' AND d.attempt_count = 0
         AND d.next_attempt_at <= clock_timestamp() ORDER BY e.sequence`,
      [transaction],
    );
    return rows.map(({ type }) => type);
  };

  it('holds a row for every event that partners subscribe to, and for no other', async () => {
    const payment = await createPayment(owner, subscriber);
    const refund = await insertRefund(owner, payment);
    await settleRefund(owner, refund, 'processing', 'system');
    await settleRefund(owner, refund, 'completed');
    await settleRefund(owner, refund, 'failed');
    await insertRefund(owner, payment, {
      ...{ amount: '100', status: 'completed', by: 'provider:stripe' },
    });
    expect(await typesOf(payment)).toEqual([
      ...['transaction.created', 'transaction.completed', 'refund.created', 'refund.processing'],
      ...['refund.completed', 'transaction.partially_refunded', 'refund.failed'],
      ...['refund.completed', 'transaction.refunded'],
    ]);
    const { rows } = await owner.query(
      `SELECT event_type, status FROM transaction_events AS e WHERE transaction_id = $1
         AND NOT EXISTS (SELECT FROM webhook_deliveries WHERE event_id = e.id)`,
      [payment],
    );
    expect(rows).toEqual([{ event_type: 'status_changed', status: 'completed' }]);
  });

  it.each([
    ['failed', ['transaction.created', 'transaction.failed']],
    ['cancelled', ['transaction.created', 'transaction.cancelled']],
  ] as const)('tells of a payment that is %s', async (status, types) => {
    expect(await typesOf(await createPayment(owner, subscriber, { status }))).toEqual(types);
  });

  it('tells of a payment that starts after its confirmation', async () => {
    const payment = await createPayment(owner, subscriber, { status: 'pending' });
    await owner.query(
      `WITH t AS (UPDATE transactions SET status = 'processing', changed_by = 'partner'
         WHERE id = $1 RETURNING *)
       INSERT INTO transaction_attempts (transaction_id, partner_id, attempt_no, provider)
       SELECT id, partner_id, 1, provider FROM t`,
      [payment],
    );
    await completePayment(owner, payment);
    expect(await typesOf(payment)).toEqual([
      ...['transaction.created', 'transaction.processing', 'transaction.completed'],
    ]);
  });

  it('is filled by the statements of the API, in a batch for the subscriber alone', async () => {
    const ids = [randomUUID(), randomUUID()];
    const partners = [subscriber, other];
    const as = (sql: string, values: unknown[]) =>
      inTransaction(api, { partners }, () => api.query(sql, values));
    await as(insertIntents, [ids, partners, [randomUUID(), randomUUID()], [null, null]]);
    await as(settleIntents, [ids, partners, [1, 1], [null, null], new Date()]);
    expect(await typesOf(ids[0])).toEqual(['transaction.created', 'transaction.completed']);
    expect(await typesOf(ids[1])).toEqual([]);
  });

  it('can not be written by hand, nor changed', async () => {
    await createPayment(owner, subscriber, { status: 'pending' });
    const forge = `INSERT INTO webhook_deliveries (partner_id, transaction_id, event_id,
        event_created_at, type)
      SELECT partner_id, transaction_id, event_id + 1000000, event_created_at, type
      FROM webhook_deliveries LIMIT 1`;
    for (const role of ['payments_api', 'payments_worker', 'payments_operations'] as const) {
      const session = await database.connect(role);
      for (const sql of [forge, 'UPDATE webhook_deliveries SET transaction_id = partner_id']) {
        const attack = inTransaction(session, { partners: [subscriber] }, () => session.query(sql));
        expect((await refusalOf(attack)).code).toBe('42501');
      }
    }
    expect((await owner.query(forge)).rowCount).toBe(1);
  });

  it('knows since when a partner has a URL, whichever it is', async () => {
    const first = await sinceOf(owner, subscriber);
    expect(first).not.toBeNull();
    await owner.query(setUrl, [subscriber, 'https://other.example']);
    expect(await sinceOf(owner, subscriber)).toEqual(first);
    await owner.query(setUrl, [subscriber, null]);
    expect(await sinceOf(owner, subscriber)).toBeNull();
    await owner.query(setUrl, [subscriber, url]);
    expect((await sinceOf(owner, subscriber))?.getTime()).toBeGreaterThanOrEqual(
      first?.getTime() ?? Infinity,
    );
    expect(await sinceOf(owner, other)).toBeNull();
    const given = `UPDATE partners SET webhook_url_since = '2020-01-01' WHERE id = $1`;
    await owner.query(given, [subscriber]);
    expect((await sinceOf(owner, subscriber))?.getFullYear()).toBeGreaterThan(2020);
  });
});

describe('the migrations that bring the outbox and hashes of envelopes', () => {
  it('dates the URLs that partners have and hashes the answers that are stored', async () => {
    const database = await startScratchDatabase({ migrated: false });
    try {
      const client = await database.connect();
      await client.query(prepareSql);
      for (const name of requiredExtensions) await client.query(`CREATE EXTENSION ${name}`);
      const earlier = Object.values(migrations).filter(({ name }) => !isLater(name));
      const dataSource = createMigrationDataSource(database.url);
      dataSource.setOptions({ migrations: earlier });
      await dataSource.initialize();
      await dataSource.runMigrations();
      await dataSource.destroy();
      const [withUrl, without] = [await createPartner(client), await createPartner(client)];
      await client.query(setUrl, [withUrl, url]);
      await client.query(
        `INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint, http_status,
           response, response_hash)
         VALUES ($1, 'POST', 'k', '{}', repeat('0', 64), 422, 'k1.no', repeat('a', 64))`,
        [withUrl],
      );
      await migrate({ databaseUrl: database.url });
      expect(await sinceOf(client, withUrl)).not.toBeNull();
      expect(await sinceOf(client, without)).toBeNull();
      const { rows } = await client.query(
        `SELECT response_hash = encode(sha256('k1.no'), 'hex') AS matches FROM idempotency_keys`,
      );
      expect(rows).toEqual([{ matches: true }]);
    } finally {
      await database.stop();
    }
  });
});

function isLater(migration: string): boolean {
  return Number(migration.slice(-13)) >= 1795300000018;
}
