import type pg from 'pg';
import { claimDeliveries } from '../../apps/api/src/modules/deliveries/delivery-claim.statements.js';
import {
  recordEnd,
  recordFailure,
  recordSuccess,
} from '../../apps/api/src/modules/deliveries/delivery-outcome.statements.js';
import type { TakenDelivery } from '../../apps/api/src/modules/deliveries/delivery-queue.repository.js';
import { createPartner, createPayment } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { inTransaction, refusalOf, ruleOf } from './support/sessions.js';

const url = 'https://shop.example/hooks';
const dayMs = 24 * 3_600_000;

const longDue = `UPDATE webhook_deliveries SET next_attempt_at = now() - interval '1 hour'
  WHERE status = 'pending'`;
const askedMeanwhile = `
UPDATE webhook_deliveries SET next_attempt_at = clock_timestamp() + interval '1 s' WHERE id = $1`;

describe('what comes of a webhook', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let worker: pg.Client;
  let shop: string;
  let taken: TakenDelivery[];

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    worker = await database.connect('payments_worker');
  });
  beforeEach(async () => {
    shop = await createPartner(owner);
    await owner.query('UPDATE partners SET webhook_url = $2 WHERE id = $1', [shop, url]);
    await createPayment(owner, shop);
    await owner.query(longDue);
    const values = [[], [], [], 64, 0, 8, 1, 30_000];
    const { rows } = await worker.query<TakenDelivery>(claimDeliveries, values);
    taken = rows.filter((each) => each.partner_id === shop);
  });
  afterAll(() => database?.stop());

  const deliveryAt = (index: number) => {
    const found = taken[index];
    if (!found) throw new Error('nothing was due');
    return found;
  };
  const record = (statement: string, index: number, status: string, more: unknown[] = []) => {
    const { id, attempt_count: number, partner_version: version } = deliveryAt(index);
    const next = status === 'pending' ? 5_000 : null;
    const code = status === 'delivered' ? 200 : 500;
    const values = [id, number, url, '{}', 'hash', code, null, 'k1.answer', 12, status, next];
    const end = statement === recordEnd ? [version] : [];
    return worker.query(statement, [...values, ...more, ...end]);
  };
  const partner = async () =>
    (await owner.query('SELECT * FROM partners WHERE id = $1', [shop])).rows[0];
  const deliveries = async () => {
    const { rows } = await owner.query(
      'SELECT * FROM webhook_deliveries WHERE partner_id = $1 ORDER BY id = $2 DESC',
      [shop, taken[0]?.id],
    );
    return rows;
  };

  it('is logged, and ends the lease', async () => {
    await record(recordSuccess, 0, 'delivered');
    await record(recordFailure, 1, 'pending');
    const [delivered, waiting] = await deliveries();
    expect(delivered).toMatchObject({
      ...{ status: 'delivered', next_attempt_at: null, leased_until: null },
      delivered_at: expect.any(Date) as Date,
    });
    expect(waiting).toMatchObject({ status: 'pending', leased_until: null, delivered_at: null });
    expect(waiting.next_attempt_at.getTime()).toBeGreaterThan(Date.now() - 3_600_000);
    const { rows } = await owner.query(
      'SELECT * FROM webhook_delivery_attempts WHERE partner_id = $1 ORDER BY http_status',
      [shop],
    );
    expect(rows.map((row) => [row.number, row.http_status])).toEqual([
      [1, 200],
      [1, 500],
    ]);
  });

  it.each(['pending', 'failed'])(
    'is %s unless it was asked for again meanwhile: then it is due at once',
    async (status) => {
      await owner.query(askedMeanwhile, [deliveryAt(0).id]);
      await record(recordFailure, 0, status);
      await record(recordFailure, 1, status);
      const [asked, other] = await deliveries();
      expect([asked.status, other.status]).toEqual(['pending', status]);
      expect(asked.leased_until).toBeNull();
      const { rows } = await owner.query('SELECT $1::timestamptz <= clock_timestamp() AS due', [
        asked.next_attempt_at,
      ]);
      expect(rows).toEqual([{ due: true }]);
    },
  );

  it('is delivered, though it was asked for again meanwhile', async () => {
    await owner.query(askedMeanwhile, [deliveryAt(0).id]);
    await record(recordSuccess, 0, 'delivered');
    expect((await deliveries())[0]).toMatchObject({ status: 'delivered', next_attempt_at: null });
  });

  it('is logged but decides nothing, when the lease had ended and another worker has it', async () => {
    const first = deliveryAt(0);
    const later = 'UPDATE webhook_deliveries SET attempt_count = 2 WHERE id = $1';
    await owner.query(later, [first.id]);
    await record(recordSuccess, 0, 'delivered');
    expect((await deliveries())[0]).toMatchObject({ status: 'pending', attempt_count: 2 });
  });

  it('tells since when a URL fails, until something is delivered there', async () => {
    await record(recordFailure, 0, 'pending');
    const { webhook_failing_since: since, version } = await partner();
    expect(since).not.toBeNull();
    await record(recordSuccess, 1, 'delivered');
    expect(await partner()).toMatchObject({ webhook_failing_since: null, version });
  });

  it.each([
    ['gone', null, true],
    ['failing', '6 days', true],
    ['failing', '4 days', false],
    ['failing', null, false],
  ])('ends a URL that is %s, after %s', async (reason, since, ends) => {
    await owner.query(
      'UPDATE partners SET webhook_failing_since = now() - $2::interval WHERE id = $1',
      [shop, since],
    );
    const { rowCount } = await record(recordEnd, 0, 'pending', [reason, 5 * dayMs]);
    expect(rowCount).toBe(ends ? 1 : 0);
    expect((await partner()).webhook_disabled_reason).toBe(ends ? reason : null);
    const { rows } = await owner.query(
      `SELECT changes, actor_type FROM audit_logs WHERE partner_id = $1 AND action = 'update'`,
      [shop],
    );
    const changes = { after: { webhook_disabled_reason: reason } };
    expect(rows).toEqual(ends ? [{ changes, actor_type: 'system' }] : []);
  });

  it('of the URL before says nothing about the present one', async () => {
    await owner.query(`UPDATE partners SET webhook_url = 'https://new.example' WHERE id = $1`, [
      shop,
    ]);
    expect((await record(recordEnd, 0, 'pending', ['gone', 0])).rowCount).toBe(0);
    await record(recordFailure, 1, 'pending');
    expect(await partner()).toMatchObject({
      ...{ webhook_disabled_at: null, webhook_failing_since: null },
    });
  });

  it('says nothing about a URL that was saved again meanwhile', async () => {
    const api = await database.connect('payments_api');
    await inTransaction(api, { partners: [shop] }, () =>
      api.query('UPDATE partners SET webhook_url = webhook_url, webhook_disabled_at = NULL'),
    );
    expect((await record(recordEnd, 0, 'pending', ['gone', 0])).rowCount).toBe(0);
    expect(await partner()).toMatchObject({ webhook_url: url, webhook_disabled_at: null });
    expect((await deliveries())[0]).toMatchObject({ status: 'pending', leased_until: null });
  });

  it.each(['webhook_disabled_at = NULL', `webhook_url = 'https://new.example'`])(
    'is forgotten with %s',
    async (change) => {
      await record(recordFailure, 0, 'pending');
      await record(recordEnd, 1, 'pending', ['gone', 0]);
      expect((await partner()).webhook_disabled_at).not.toBeNull();
      const api = await database.connect('payments_api');
      await inTransaction(api, { partners: [shop] }, () =>
        api.query(`UPDATE partners SET ${change}`),
      );
      expect(await partner()).toMatchObject({
        ...{ webhook_disabled_at: null, webhook_disabled_reason: null },
        webhook_failing_since: null,
      });
    },
  );

  it('stays as it was logged: only a new key may seal an answer anew', async () => {
    await record(recordSuccess, 0, 'delivered');
    const change = (sql: string) => owner.query(sql);
    for (const sql of ['SET http_status = 500', `SET answer = 'k1.other'`, `SET url = 'x'`]) {
      expect(await ruleOf(change(`UPDATE webhook_delivery_attempts ${sql}`))).toBe('append_only');
    }
    expect(await ruleOf(change('DELETE FROM webhook_delivery_attempts'))).toBe('append_only');
    expect(await ruleOf(change('TRUNCATE webhook_delivery_attempts'))).toBe('append_only');
    for (const role of ['payments_api', 'payments_worker'] as const) {
      const session = await database.connect(role);
      const attack = session.query(`UPDATE webhook_delivery_attempts SET answer = 'k2.x'`);
      expect((await refusalOf(attack)).code).toBe('42501');
    }
    const operations = await database.connect('payments_operations');
    const reseal = `UPDATE webhook_delivery_attempts SET answer = 'k2.new' WHERE partner_id = $1`;
    expect((await operations.query(reseal, [shop])).rowCount).toBe(1);
  });

  it('tells anybody of the API how overdue the oldest webhook is, and nothing else', async () => {
    const api = await database.connect('payments_api');
    const lag = async () =>
      (await api.query<{ lag: number }>('SELECT read_outbox_lag() AS lag')).rows[0]?.lag;
    await owner.query(`UPDATE webhook_deliveries SET next_attempt_at = now() + interval '1 day'
      WHERE status = 'pending'`);
    expect(await lag()).toBe(0);
    await owner.query(`UPDATE webhook_deliveries SET next_attempt_at = now() - interval '1 hour'
      WHERE id = '${taken[0]?.id}'`);
    expect(Math.floor((await lag()) ?? 0)).toBeGreaterThanOrEqual(3_600);
    await owner.query(`UPDATE partners SET webhook_url = NULL`);
    expect(await lag()).toBe(0);
  });

  it('is counted for anybody of the API, over all partners', async () => {
    const api = await database.connect('payments_api');
    const read = async () =>
      (
        await api.query<Record<string, string>>(
          'SELECT c.*, count_disabled_webhook_urls() AS disabled FROM count_webhook_deliveries() AS c',
        )
      ).rows[0];
    await owner.query(`UPDATE partners SET webhook_url = 'https://shop.example'`);
    await owner.query(`UPDATE webhook_deliveries SET status = 'delivered', delivered_at = now(),
      next_attempt_at = NULL`);
    const none = { pending: '0', overdue: '0', failed: '0', disabled: '0' };
    expect(await read()).toEqual(none);
    const set = async (change: string, count: number) =>
      owner.query(`UPDATE webhook_deliveries SET ${change} WHERE id IN (
        SELECT id FROM webhook_deliveries WHERE status = 'delivered' LIMIT ${count})`);
    await set(`status = 'failed'`, 1);
    await set(`status = 'pending', next_attempt_at = now() + interval '1 day'`, 1);
    expect(await read()).toEqual({ ...none, pending: '1', failed: '1' });
    await owner.query(
      `UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status = 'pending'`,
    );
    expect(await read()).toEqual({ ...none, pending: '1', overdue: '1', failed: '1' });
    await owner.query(`UPDATE partners SET webhook_disabled_at = now(),
      webhook_disabled_reason = 'gone'`);
    const partners = await owner.query(
      `SELECT FROM partners WHERE webhook_disabled_at IS NOT NULL`,
    );
    const disabled = String(partners.rowCount);
    expect(await read()).toEqual({ ...none, pending: '1', failed: '1', disabled });
  });
});
