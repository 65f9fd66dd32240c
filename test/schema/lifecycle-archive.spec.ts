import { randomUUID } from 'node:crypto';
import { takeManifest } from '../../apps/local/src/backup/manifest.js';
import { AgingDatabase } from './support/aging-database.js';
import { createPayment, insertRefund, settleRefund } from './support/rows.js';
import { ruleOf } from './support/sessions.js';

const end = `SELECT GREATEST(processed_at, failed_at, cancelled_at) + interval '2 years' AS at
  FROM transactions`;
const lateEnough = new Date(Date.now() + 3 * 366 * 86_400_000);

/** Why a payment that ended years ago stays, and how that ends. Each is about the one payment that there is. */
const obstacles: [what: string, begins: string, ends: string][] = [
  [
    'an open review item',
    `INSERT INTO review_items (kind, subject, partner_id, transaction_id)
     SELECT 'late_success', id, partner_id, id FROM transactions`,
    `UPDATE review_items SET status = 'resolved', resolved_at = now(), resolved_by = 'ada',
       resolution = 'done'`,
  ],
  [
    'a refund under way',
    `INSERT INTO refunds (transaction_id, partner_id, idempotency_key, amount, currency, reason,
       provider, changed_by) SELECT id, partner_id, 'r', 1, 'USD', 'x', 'stripe', 'partner'
     FROM transactions`,
    `UPDATE refunds SET status = 'failed', certainty = 'confirmed', failed_at = now(),
       changed_by = 'provider:stripe'`,
  ],
  [
    'a dispute that nobody has decided',
    `INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type,
       provider_response, created_by) SELECT id, partner_id, 9, 'dispute_opened',
       '{"dispute_id": "dp_1"}', 'provider:stripe' FROM transactions`,
    `INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type,
       provider_response, created_by) SELECT id, partner_id, 10, 'dispute_lost',
       '{"dispute_id": "dp_1"}', 'provider:stripe' FROM transactions`,
  ],
  [
    'a webhook that is owed',
    `INSERT INTO webhook_deliveries (partner_id, transaction_id, event_id, event_created_at, type)
     SELECT partner_id, id, 0, now(), 'transaction.created' FROM transactions`,
    'DELETE FROM webhook_deliveries',
  ],
  [
    'a fact of its provider that waits',
    `INSERT INTO provider_webhooks (provider, provider_event_id, event_type, body, partner_id,
       transaction_id, status) SELECT 'stripe', 'e', 'x', 'x', partner_id, id, 'parked'
     FROM transactions`,
    `UPDATE provider_webhooks SET status = 'ignored'`,
  ],
  [
    'a legal hold of its own',
    `INSERT INTO legal_holds (partner_id, transaction_id, reason, placed_by)
     SELECT partner_id, id, 'a case', 'ada' FROM transactions`,
    `UPDATE legal_holds SET released_by = 'ada', released_at = now()`,
  ],
  [
    'a legal hold of its partner',
    `INSERT INTO legal_holds (partner_id, reason, placed_by)
     SELECT partner_id, 'a case', 'ada' FROM transactions`,
    `UPDATE legal_holds SET released_by = 'ada', released_at = now()`,
  ],
];

describe('a payment that ended two years ago', () => {
  let aging: AgingDatabase;

  beforeEach(async () => {
    aging = await AgingDatabase.start();
  });
  afterEach(() => aging?.stop());

  const archive = (now: Date, batchSize = 1_000) =>
    aging.lifecycle.run('archive', now, { batchSize });
  const rows = (table: string) => aging.rowsOf(`SELECT * FROM ${table} ORDER BY id`);
  const one = { transactions_archived: 1 };

  it.each(['completed', 'failed', 'cancelled'] as const)(
    'that is %s stays until a second before that day, and is moved a second after it',
    async (status) => {
      await createPayment(aging.owner, aging.partner, { status });
      const [payments, attempts] = [await rows('transactions'), await rows('transaction_attempts')];
      const [before, after] = await aging.around(end);
      expect(await archive(before)).toEqual({});
      expect(await aging.lifecycle.run('archive', after, { dryRun: true })).toEqual(one);
      expect(await rows('transactions')).toEqual(payments);
      expect(await archive(after)).toEqual(one);
      const [payment] = payments as { version: number }[];
      expect(await rows('transactions_archive')).toEqual([
        { ...payment, version: payment.version + 1 },
      ]);
      expect(await rows('transaction_attempts_archive')).toEqual(attempts);
      expect([await rows('transactions'), await rows('transaction_attempts')]).toEqual([[], []]);
    },
  );

  it('takes its refunds along, and waits for two years after the newest of them', async () => {
    const payment = await createPayment(aging.owner, aging.partner);
    for (const status of ['completed', 'failed'] as const) {
      const id = await insertRefund(aging.owner, payment, { amount: '10' });
      await settleRefund(aging.owner, id, status);
    }
    const refunds = (await rows('refunds')) as { version: number }[];
    const [before, after] = await aging.around(`SELECT max(GREATEST(created_at, processed_at,
      failed_at)) + interval '2 years' AS at FROM refunds`);
    expect(await archive(before)).toEqual({});
    expect(await archive(after)).toEqual(one);
    expect(await rows('refunds_archive')).toEqual(
      refunds.map((refund) => ({ ...refund, version: refund.version + 1 })),
    );
    expect([await rows('refunds'), await rows('transactions')]).toEqual([[], []]);
  });

  it.each(obstacles)('stays while there is %s', async (_what, begins, ends) => {
    await createPayment(aging.owner, aging.partner);
    await aging.owner.query(begins);
    expect(await archive(lateEnough)).toEqual({});
    await aging.owner.query(ends);
    expect(await archive(lateEnough)).toEqual(one);
  });

  it('stays while it is pending or processing, however old it is', async () => {
    await createPayment(aging.owner, aging.partner, { status: 'pending' });
    await createPayment(aging.owner, aging.partner, { status: 'processing' });
    expect(await archive(lateEnough)).toEqual({});
  });

  it('is moved when it was deleted, too', async () => {
    await createPayment(aging.owner, aging.partner);
    await aging.owner.query('UPDATE transactions SET deleted_at = now()');
    expect(await archive(lateEnough)).toEqual(one);
  });

  it('is left for the next batch by whoever finds it locked', async () => {
    const [locked] = [
      await createPayment(aging.owner, aging.partner),
      await createPayment(aging.owner, aging.partner),
    ];
    await aging.owner.query('BEGIN');
    await aging.owner.query('SELECT FROM transactions WHERE id = $1 FOR NO KEY UPDATE', [locked]);
    expect(await archive(lateEnough)).toEqual(one);
    await aging.owner.query('COMMIT');
    expect(await rows('transactions')).toMatchObject([{ id: locked }]);
    expect(await archive(lateEnough, 1)).toEqual(one);
  });

  describe('keeps its idempotency key', () => {
    const again = `INSERT INTO transactions (partner_id, idempotency_key, amount, currency,
      payment_method, provider, changed_by)
      VALUES ($1, $2, 10, 'USD', 'card', 'stripe', 'partner')`;

    it('from the archive', async () => {
      await createPayment(aging.owner, aging.partner);
      const [{ idempotency_key: key }] = await aging.rowsOf('SELECT * FROM transactions');
      await archive(lateEnough);
      const repeat = aging.owner.query(again, [aging.partner, key]);
      expect(await ruleOf(repeat)).toBe('unique_partner_idempotency');
      await aging.owner.query(again, [aging.partner, randomUUID()]);
    });

    it('against a request that came while it was being moved', async () => {
      await createPayment(aging.owner, aging.partner);
      const [{ idempotency_key: key }] = await aging.rowsOf('SELECT * FROM transactions');
      const worker = await aging.database.connect('payments_worker');
      await worker.query('BEGIN');
      await worker.query('SELECT archive_transactions($1, 10, false)', [lateEnough]);
      const repeat = ruleOf(aging.owner.query(again, [aging.partner, key]));
      const watch = await aging.database.connect();
      const waits = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'
        AND datname = current_database()`;
      while ((await watch.query(waits)).rowCount === 0);
      await worker.query('COMMIT');
      expect(await repeat).toBe('unique_partner_idempotency');
    });

    it('and the keys of its refunds', async () => {
      const payment = await createPayment(aging.owner, aging.partner);
      const refund = await insertRefund(aging.owner, payment, { amount: '10' });
      await settleRefund(aging.owner, refund, 'completed');
      const [{ idempotency_key: key }] = await aging.rowsOf('SELECT * FROM refunds');
      await archive(lateEnough);
      const other = await createPayment(aging.owner, aging.partner);
      const repeat = aging.owner.query(
        `INSERT INTO refunds (transaction_id, partner_id, idempotency_key, amount, currency, reason,
           provider, changed_by) VALUES ($1, $2, $3, 1, 'USD', 'x', 'stripe', 'partner')`,
        [other, aging.partner, key],
      );
      expect(await ruleOf(repeat)).toBe('unique_refunds_partner_idempotency');
    });
  });

  it.each(['transactions', 'transaction_attempts', 'refunds'])(
    'fits: %s have the same columns there, in the same order',
    async (table) => {
      const columns = (name: string) =>
        aging.rowsOf(
          `SELECT attname, atttypid::regtype, atttypmod, attnotnull FROM pg_attribute
           WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
          [name],
        );
      expect(await columns(`${table}_archive`)).toEqual(await columns(table));
    },
  );

  it('can be changed in the archive by nobody, not even by the owner', async () => {
    await createPayment(aging.owner, aging.partner);
    await archive(lateEnough);
    for (const table of ['transactions_archive', 'transaction_attempts_archive']) {
      for (const text of [`UPDATE ${table} SET status = 'failed'`, `DELETE FROM ${table}`]) {
        expect(await ruleOf(aging.owner.query(text))).toBe('append_only');
      }
      expect(await ruleOf(aging.owner.query(`TRUNCATE ${table} CASCADE`))).toBe('append_only');
    }
  });

  describe('counts for a backup', () => {
    const operations = () => aging.database.urlOf('payments_operations');
    const count = async (until: Date) => (await takeManifest(operations(), until)).totals;

    it('as before, with its refund, its events and its audit, wherever they are', async () => {
      const payment = await createPayment(aging.owner, aging.partner);
      const refund = await insertRefund(aging.owner, payment, { amount: '10' });
      await settleRefund(aging.owner, refund, 'completed');
      await aging.owner.query(`INSERT INTO audit_logs (partner_id, actor, actor_type, action,
          resource_type, resource_id) SELECT id, 'key', 'system', 'read', 'partner', id FROM partners`);
      const until = new Date();
      const before = await count(until);
      expect(before).toMatchObject({ transactions: '1', refunds: '1', audit_logs: '1' });
      const yearsLater = new Date(until.getTime() + 900 * 86_400_000);
      const moved = [];
      for (const job of ['audit-blocks', 'events', 'archive'] as const) {
        moved.push(await aging.lifecycle.run(job, yearsLater));
      }
      expect(moved).toMatchObject([
        { audit_logs_packed: 1 },
        { transaction_events_folded: Number(before['transaction_events']) },
        one,
      ]);
      expect(await count(until)).toEqual(before);
    });

    it('of before there were archives, too', async () => {
      await createPayment(aging.owner, aging.partner);
      const until = new Date();
      const before = await count(until);
      await aging.owner.query('DROP TABLE transactions_archive CASCADE');
      await aging.owner.query('DROP VIEW IF EXISTS transaction_records');
      expect(await count(until)).toEqual(before);
    });
  });
});
