import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createPartner, createPayment, insertRefund, settleRefund } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { inTransaction, ruleOf, undone } from './support/sessions.js';

describe('a change', () => {
  let database: ScratchDatabase;
  let client: pg.Client;
  let partner: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    client = await database.connect();
    partner = await createPartner(client);
  });
  afterAll(() => database?.stop());

  const changeOf = async (id: string) => {
    const { rows } = await client.query(
      'SELECT changed_by, changed_request_id, version, updated_at FROM transactions WHERE id = $1',
      [id],
    );
    return rows[0];
  };
  const setting = { actor: 'operator:ada', requestId: randomUUID() };

  it('takes actor and request id from the settings when the statement gives none (F22)', async () => {
    const id = await createPayment(client, partner, { status: 'pending' });
    await inTransaction(client, setting, () =>
      client.query(`UPDATE transactions SET description = 'x' WHERE id = $1`, [id]),
    );
    expect(await changeOf(id)).toMatchObject({
      changed_by: setting.actor,
      changed_request_id: setting.requestId,
    });
  });

  it('keeps what its statement gives, even when it is what the row held before', async () => {
    const id = await createPayment(client, partner, { status: 'pending' });
    const request = randomUUID();
    const touch = () =>
      client.query(
        `UPDATE transactions SET changed_by = 'partner', changed_request_id = $2 WHERE id = $1`,
        [id, request],
      );
    await inTransaction(client, setting, touch);
    await inTransaction(client, setting, touch);
    expect(await changeOf(id)).toMatchObject({
      changed_by: 'partner',
      changed_request_id: request,
    });
  });

  it('takes each of the two on its own', async () => {
    const id = await createPayment(client, partner, { status: 'pending' });
    await inTransaction(client, setting, () =>
      client.query(`UPDATE transactions SET changed_by = 'system' WHERE id = $1`, [id]),
    );
    expect(await changeOf(id)).toMatchObject({
      changed_by: 'system',
      changed_request_id: setting.requestId,
    });
    await client.query(`UPDATE transactions SET changed_by = 'partner' WHERE id = $1`, [id]);
    expect(await changeOf(id)).toMatchObject({ changed_by: 'partner', changed_request_id: null });
  });

  it('by an unknown kind of actor is refused', async () => {
    const id = await createPayment(client, partner, { status: 'pending' });
    for (const actor of ['root', 'operator:', 'provider:a b', '!partner:x']) {
      const change = client.query('UPDATE transactions SET changed_by = $2 WHERE id = $1', [
        id,
        actor,
      ]);
      expect(await ruleOf(change)).toBe('check_transactions_changed_by');
    }
  });

  it('of what a partner sees raises the version, bookkeeping does not (F39)', async () => {
    const id = await createPayment(client, partner, { status: 'processing' });
    const before = await changeOf(id);
    await client.query(
      `UPDATE transactions SET next_sync_at = now(), sync_count = sync_count + 1,
         changed_by = 'system' WHERE id = $1`,
      [id],
    );
    expect(await changeOf(id)).toMatchObject({ version: 1, updated_at: before.updated_at });
    await client.query(`UPDATE transactions SET retry_count = 1 WHERE id = $1`, [id]);
    const after = await changeOf(id);
    expect(after.version).toBe(2);
    expect(after.updated_at.getTime()).toBeGreaterThan(before.updated_at.getTime());
  });

  it('sets updated_at to the moment of the change, not to the start of the transaction (F39)', async () => {
    const id = await createPayment(client, partner, { status: 'pending' });
    const { rows } = await inTransaction(client, {}, async () => {
      await client.query('SELECT pg_sleep(0.05)');
      return client.query(
        `UPDATE transactions SET description = 'x' WHERE id = $1
         RETURNING updated_at > now() + interval '40 ms' AS later`,
        [id],
      );
    });
    expect(rows).toEqual([{ later: true }]);
  });

  it('can not choose its own version', async () => {
    const id = await createPayment(client, partner, { status: 'pending' });
    await client.query(`UPDATE transactions SET version = 90, description = 'x' WHERE id = $1`, [
      id,
    ]);
    expect(await changeOf(id)).toMatchObject({ version: 2 });
  });

  it('of a status is one event, in a sequence without a gap, by the actor of the refund too (F19)', async () => {
    const id = await createPayment(client, partner);
    await client.query(`UPDATE transactions SET description = 'x' WHERE id = $1`, [id]);
    const refund = await insertRefund(client, id, { amount: '100' });
    await settleRefund(client, refund, 'processing', 'system');
    await settleRefund(client, refund, 'completed');
    await settleRefund(client, refund, 'failed');
    const { rows } = await client.query(
      `SELECT concat_ws(' ', sequence, event_type, from_status || '>' || status, created_by) AS line
       FROM transaction_events WHERE transaction_id = $1 ORDER BY sequence`,
      [id],
    );
    expect(rows.map((row) => row.line)).toEqual([
      '1 created partner',
      '2 payment_completed processing>completed provider:stripe',
      '3 refund_initiated partner',
      '4 refund_processing pending>processing system',
      '5 refund_completed processing>completed provider:stripe',
      '6 status_changed completed>refunded provider:stripe',
      '7 refund_failed completed>failed provider:stripe',
      '8 status_changed refunded>completed provider:stripe',
    ]);
  });

  it.each([
    ['failed', { failed_at: null }],
    ['cancelled', { cancelled_at: null }],
    ['completed', { processed_at: null }],
  ] as const)('to %s needs its timestamp (F32)', async (status, column) => {
    const id = await createPayment(client, partner, { status });
    const sql = `UPDATE transactions SET ${Object.keys(column)[0]} = NULL WHERE id = $1`;
    const refused = ruleOf(undone(client, () => client.query(sql, [id])));
    expect(await refused).toBe('check_transactions_timestamps');
  });

  it('to completed needs the id that the provider gave (I10)', async () => {
    const id = await createPayment(client, partner, { status: 'processing' });
    const complete = `UPDATE transactions SET status = 'completed', processed_at = now(),
      changed_by = 'provider:stripe' WHERE id = $1`;
    expect(await ruleOf(client.query(complete, [id]))).toBe('check_transactions_provider_id');
  });

  it('of nothing but the key of an envelope is none: neither version, time nor actor', async () => {
    const id = await createPayment(client, partner);
    const set = (sql: string) =>
      inTransaction(client, setting, () =>
        client.query(`UPDATE transactions SET ${sql} WHERE id = $1`, [id]),
      );
    await set(`customer_email = 'k1.aa', customer_email_hash = 'k1.bb', customer_name = 'k1.cc'`);
    const before = await changeOf(id);
    await client.query(`UPDATE transactions SET changed_by = 'partner' WHERE id = $1`, [id]);
    const noted = { ...before, changed_by: 'partner', changed_request_id: null };
    await set(`customer_email = 'k2.xx', customer_email_hash = 'k2.yy', customer_name = 'k2.zz'`);
    expect(await changeOf(id)).toEqual(noted);
    for (const sql of [
      `customer_email = 'k2.other'`,
      'customer_name = NULL',
      `customer_phone = 'k2.new'`,
      `customer_email = 'k3.xx', description = 'x'`,
    ]) {
      const { version } = await changeOf(id);
      await set(sql);
      expect(await changeOf(id)).toMatchObject({ version: version + 1, changed_by: setting.actor });
    }
  });

  it('of nothing but the key of a webhook secret leaves the partner as it was', async () => {
    const id = await createPartner(client);
    const set = async (secret: string) => {
      const { rows } = await client.query(
        'UPDATE partners SET webhook_secret = $2 WHERE id = $1 RETURNING version, updated_at',
        [id, secret],
      );
      return rows[0];
    };
    const before = await set('k1.aa');
    expect(await set('k2.bb')).toEqual(before);
    expect((await set('k2.cc')).version).toBe(before.version + 1);
  });

  it('of the other webhook secret, or of the time since when webhooks fail, leaves it as well', async () => {
    const id = await createPartner(client);
    const set = async (change: string) => {
      const { rows } = await client.query(
        `UPDATE partners SET ${change} WHERE id = $1 RETURNING version, updated_at`,
        [id],
      );
      return rows[0];
    };
    await set(`webhook_secret = 'k1.aa'`);
    const until = 'webhook_secret_previous_until = now()';
    const before = await set(`webhook_secret_previous = 'k1.bb', ${until}`);
    const both = `webhook_secret = 'k2.aa', webhook_secret_previous = 'k2.bb'`;
    expect(await set(both)).toEqual(before);
    expect(await set('webhook_failing_since = now()')).toEqual(before);
    const disabled = `webhook_disabled_at = now(), webhook_disabled_reason = 'gone'`;
    const changed = await set(`webhook_failing_since = NULL, ${disabled}`);
    expect(changed.version).toBe(before.version + 1);
  });
});
