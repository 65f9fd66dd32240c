import { randomUUID } from 'node:crypto';
import { findPlaces } from '../e2e/support/dump.js';
import { AgingDatabase } from './support/aging-database.js';
import { createPayment, insertAttempt, insertRefund, settleRefund } from './support/rows.js';

const marker = `payer-${randomUUID()}`;
const address = '2001:db8::7a7e';

/** Writes about the payer wherever a row of a payment has room for it; $1 is the payment. */
const traces = [
  `UPDATE transactions SET customer_email = '${marker}', customer_email_hash = '${marker}',
     customer_name = '${marker}', customer_phone = '${marker}', ip_address = '${address}',
     user_agent = '${marker}', metadata = '{"a": "${marker}"}', description = '${marker}',
     browser = '{"a": "${marker}"}', return_url = '${marker}', provider_return_url = '${marker}',
     next_action = '{"url": "${marker}"}', payment_method_token = '${marker}',
     provider_customer_id = '${marker}', cancellation_reason = '${marker}',
     error_message = '${marker}' WHERE id = $1::uuid`,
  `UPDATE refunds SET reason = '${marker}', metadata = '{"a": "${marker}"}',
     error_message = '${marker}' WHERE transaction_id = $1::uuid`,
  `UPDATE transaction_attempts SET error_message = '${marker}',
     provider_response = '{"message": "${marker}"}' WHERE transaction_id = $1::uuid`,
  `UPDATE transaction_events SET ip_address = '${address}', error_message = '${marker}',
     provider_response = '{"message": "${marker}", "dispute_id": "dp_1"}'
   WHERE transaction_id = $1::uuid`,
  `INSERT INTO review_items (kind, subject, partner_id, transaction_id, details, status, resolved_at,
     resolved_by, resolution) SELECT 'dispute', id, partner_id, id, '{"a": "${marker}"}',
     'resolved', now(), 'ada', '${marker}' FROM transactions WHERE id = $1::uuid`,
  `INSERT INTO provider_webhooks (provider, provider_event_id, event_type, body, partner_id,
     transaction_id, status) SELECT 'stripe', 'e', 'x', '${marker}', partner_id, id, 'failed'
   FROM transactions WHERE id = $1::uuid`,
  `INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint, resource_type,
     resource_id, http_status, response, response_hash)
   SELECT partner_id, 'POST /v1/refunds', '${marker}', '{"a": "${marker}"}', 'f', 'refund', id,
     201, '${marker}', 'h' FROM refunds WHERE transaction_id = $1::uuid`,
  `INSERT INTO webhook_deliveries (partner_id, transaction_id, event_id, event_created_at, type,
     status, next_attempt_at) SELECT partner_id, id, 0, now(), 'transaction.created', 'failed', NULL
   FROM transactions WHERE id = $1::uuid`,
];

const ended = (years: number) => `SELECT max(GREATEST(processed_at, failed_at, created_at))
  + interval '${years} years' AS at FROM refund_records`;

describe('the payer of a payment', () => {
  let aging: AgingDatabase;
  let payment: string;

  beforeEach(async () => {
    aging = await AgingDatabase.start();
    payment = await createPayment(aging.owner, aging.partner);
    const refund = await insertRefund(aging.owner, payment, { amount: '10' });
    await settleRefund(aging.owner, refund, 'completed');
    await aging.owner.query('SET session_replication_role = replica');
    for (const text of traces) await aging.owner.query(text, [payment]);
    await aging.owner.query(insertAttempt, [null, marker]);
    await aging.owner.query('SET session_replication_role = origin');
  });
  afterEach(() => aging?.stop());

  const run = (job: string, now: Date) => aging.lifecycle.run(job, now);
  const places = async () =>
    (await findPlaces(aging.database.url, [marker, address])).map((place) => place.split('.')[0]);
  const redacted = { transactions_redacted: 1 };

  describe.each([
    ['the live tables', [], ['transactions', 'transaction_events', 'provider_webhooks']],
    [
      'the live tables, with its events in a history',
      ['events'],
      ['transactions', 'transaction_histories', 'webhook_delivery_attempts', 'idempotency_keys'],
    ],
    [
      'the archive',
      ['events', 'deliveries', 'idempotency', 'archive'],
      ['transactions_archive', 'refunds_archive', 'transaction_attempts_archive', 'review_items'],
    ],
  ])('in %s', (_where, jobs, known) => {
    beforeEach(async () => {
      const [, late] = await aging.around(ended(6));
      for (const job of jobs) await run(job, late);
    });

    it('is known until a second before seven years, and nowhere a second after it', async () => {
      const [before, after] = await aging.around(ended(7));
      const found = await places();
      expect(found).toEqual(expect.arrayContaining(known));
      expect(await run('personal-data', before)).toEqual({});
      expect(await places()).toEqual(found);
      const would = await aging.lifecycle.run('personal-data', after, { dryRun: true });
      expect(would).toMatchObject(redacted);
      expect(await places()).toEqual(found);
      const [{ version }] = await record();
      expect(await run('personal-data', after)).toEqual(would);
      expect(await places()).toEqual([]);
      const [row] = await record();
      expect(row).toMatchObject({ status: 'partially_refunded', version: version + 1 });
      expect(row.redacted_at).toEqual(after);
      expect(await run('personal-data', after)).toEqual({});
    });

    it('leaves no row of the payment in any table a second after ten years', async () => {
      const [before, after] = await aging.around(ended(10));
      await run('personal-data', before);
      expect(await run('deletion', before)).toEqual({});
      expect(await record()).toHaveLength(1);
      expect(await run('deletion', after)).toEqual({ transactions_deleted: 1 });
      expect(await tablesThatName(payment)).toEqual([]);
    });

    it('is kept with all of it while a legal hold lasts', async () => {
      await aging.hold(payment);
      const [, after] = await aging.around(ended(11));
      const found = await places();
      expect([await run('personal-data', after), await run('deletion', after)]).toEqual([{}, {}]);
      expect(await places()).toEqual(found);
      await aging.release();
      expect(await run('deletion', after)).toEqual({ transactions_deleted: 1 });
    });
  });

  it('of no payment that we know goes with the webhook after seven years', async () => {
    await aging.owner.query(`UPDATE provider_webhooks SET partner_id = NULL, transaction_id = NULL,
      status = 'parked'`);
    const [before, after] = await aging.around(
      `SELECT received_at + interval '7 years' AS at FROM provider_webhooks`,
    );
    expect((await run('personal-data', before)).provider_webhooks_deleted).toBeUndefined();
    expect((await run('personal-data', after)).provider_webhooks_deleted).toBe(1);
  });

  it('is not forgotten while money may still move', async () => {
    await insertRefund(aging.owner, payment, { amount: '1' });
    const [, after] = await aging.around(ended(11));
    expect(await run('deletion', after)).toEqual({});
    expect(await run('personal-data', after)).not.toMatchObject(redacted);
  });

  const record = () =>
    aging.rowsOf<{ version: number; redacted_at: Date }>('SELECT * FROM transaction_records');

  /** But for the holds that were placed on it, which tell why it was kept. */
  async function tablesThatName(id: string): Promise<string[]> {
    const tables = await aging.rowsOf<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
         AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'legal_holds'`,
    );
    const naming: string[] = [];
    for (const { name } of tables) {
      const text = `SELECT FROM ${name} AS t WHERE position($1 IN t::text) > 0 LIMIT 1`;
      if ((await aging.owner.query(text, [id])).rowCount) naming.push(name);
    }
    return naming;
  }
});
