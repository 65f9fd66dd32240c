import { archiveViolations, type Violation } from './archive-violations.js';

const ofSubscriber = '(SELECT id FROM partners WHERE webhook_url IS NOT NULL)';
const ofOther = '(SELECT id FROM partners WHERE webhook_url IS NULL)';
const one = (table: string, where: string) =>
  `(SELECT id FROM ${table} WHERE ${where} ORDER BY id LIMIT 1)`;
const oneKey = 'ctid = (SELECT ctid FROM idempotency_keys WHERE resource_id IS NOT NULL LIMIT 1)';

const history: Violation[] = [
  {
    invariant: 'I4',
    what: 'a status that changed without an event',
    sql: `UPDATE transactions SET status = 'cancelled', cancelled_at = failed_at, failed_at = NULL
      WHERE id = ${one('transactions', `status = 'failed'`)} RETURNING id`,
  },
  {
    invariant: 'I4',
    what: 'a status change with two events',
    sql: `WITH t AS (UPDATE transactions SET last_sequence = last_sequence + 1
        WHERE id = ${one('transactions', `status = 'failed' AND partner_id = ${ofOther}`)} RETURNING *)
      INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type, from_status,
        status, created_by)
      SELECT id, partner_id, last_sequence, 'payment_failed', 'processing', 'failed', 'system'
      FROM t RETURNING transaction_id AS id`,
  },
  {
    invariant: 'I4',
    what: 'a refund whose last event differs from it',
    sql: `UPDATE refunds SET status = 'processing'
      WHERE id = ${one('refunds', `status = 'pending'`)} RETURNING id`,
  },
  {
    invariant: 'I5',
    what: 'a payment that failed and was cancelled after it',
    sql: `WITH t AS (UPDATE transactions SET status = 'cancelled', cancelled_at = failed_at,
          failed_at = NULL, last_sequence = last_sequence + 1
        WHERE id = ${one('transactions', `status = 'failed' AND partner_id = ${ofOther}`)} RETURNING *)
      INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type, from_status,
        status, created_by)
      SELECT id, partner_id, last_sequence, 'payment_cancelled', 'failed', 'cancelled',
        'provider:stripe' FROM t RETURNING id`,
  },
  {
    invariant: 'I5',
    what: 'a payment that its partner completed',
    sql: `UPDATE transaction_events SET created_by = 'partner'
      WHERE id = ${one('transaction_events', `event_type = 'payment_completed'`)} RETURNING id`,
  },
  {
    invariant: 'I7',
    what: 'an event that was left out of the outbox',
    sql: `DELETE FROM webhook_deliveries
      WHERE id = ${one('webhook_deliveries', 'true')} RETURNING event_id AS id`,
  },
  {
    invariant: 'I11',
    what: 'a number without an event',
    sql: `UPDATE transactions SET last_sequence = last_sequence + 1
      WHERE id = ${one('transactions', 'true')} RETURNING id`,
  },
  {
    invariant: 'I11',
    what: 'a number that two events have',
    sql: `WITH t AS (SELECT * FROM transactions WHERE id = ${one('transactions', 'last_sequence = 2')})
      INSERT INTO transaction_events (transaction_id, partner_id, sequence, event_type, created_by)
      SELECT id, partner_id, last_sequence, 'webhook_received', 'system' FROM t
      RETURNING transaction_id AS id`,
  },
];

const inFlight = `provider <> 'manual' AND status::text = `;
const schedules: Violation[] = [
  ['a payment that is long due', 'transactions', `next_sync_at = now() - interval '1 hour'`],
  ['a payment that nobody asks for', 'transactions', 'next_sync_at = NULL'],
  ['a payment in flight for ten days', 'transactions', `created_at = now() - interval '10 days'`],
  ['a refund that is long due', 'refunds', `next_sync_at = now() - interval '1 hour'`],
  ['a refund that nobody asks for', 'refunds', 'next_sync_at = NULL'],
].map(([what = '', table = '', change = '']) => ({
  invariant: 'I6',
  what,
  sql: `UPDATE ${table} SET ${change} WHERE id = ${one(
    table,
    `${inFlight} '${table === 'refunds' ? 'pending' : 'processing'}'`,
  )} RETURNING id`,
}));

const waiting: Violation[] = [
  {
    invariant: 'I6',
    what: 'a payment that should have expired',
    sql: `UPDATE transactions SET expires_at = now() - interval '1 hour'
      WHERE id = ${one('transactions', `status = 'pending'`)} RETURNING id`,
  },
  {
    invariant: 'I6',
    what: 'a webhook of a provider that nobody applied',
    sql: `UPDATE provider_webhooks SET next_attempt_at = now() - interval '1 hour'
      WHERE id = ${one('provider_webhooks', `status = 'received'`)} RETURNING id`,
  },
];

const owners: Violation[] = [
  ...['transaction_attempts', 'transaction_events', 'webhook_deliveries'],
].map((table) => ({
  invariant: 'I8',
  what: `a row of ${table} with another partner`,
  sql: `UPDATE ${table} SET partner_id = ${ofOther}
    WHERE id = ${one(table, `partner_id = ${ofSubscriber}`)} RETURNING id`,
}));

export const violations: Violation[] = [
  {
    invariant: 'I8',
    what: 'an attempt at a webhook of another partner',
    sql: `UPDATE webhook_delivery_attempts SET partner_id = ${ofOther} RETURNING delivery_id AS id`,
  },
  {
    invariant: 'I1',
    what: 'an acknowledged payment that is gone',
    sql: `UPDATE idempotency_keys SET resource_id = gen_random_uuid()
      WHERE ${oneKey} RETURNING fingerprint AS id`,
  },
  {
    invariant: 'I1',
    what: 'an acknowledged write that names nothing',
    sql: `UPDATE idempotency_keys SET resource_id = NULL, resource_type = NULL
      WHERE ${oneKey} RETURNING fingerprint AS id`,
  },
  {
    invariant: 'I2',
    what: 'a second successful attempt',
    sql: `INSERT INTO transaction_attempts (transaction_id, partner_id, attempt_no, provider, status,
        certainty, finished_at)
      SELECT id, partner_id, 2, provider, 'completed', 'confirmed', now() FROM transactions
      WHERE id = ${one('transactions', `status = 'completed'`)} RETURNING transaction_id AS id`,
  },
  {
    invariant: 'I2',
    what: 'a completed payment that no attempt took',
    sql: `UPDATE transaction_attempts SET status = 'declined' WHERE status = 'completed'
      AND transaction_id = ${one('transactions', `status = 'completed'`)} RETURNING transaction_id AS id`,
  },
  {
    invariant: 'I2',
    what: 'a failed payment that an attempt took',
    sql: `UPDATE transaction_attempts SET status = 'completed', certainty = 'confirmed'
      WHERE transaction_id = ${one('transactions', `status = 'failed'`)} RETURNING transaction_id AS id`,
  },
  {
    invariant: 'I3',
    what: 'a counter that no refund explains',
    sql: `UPDATE transactions SET amount_refund_reserved = amount_refund_reserved + 1
      WHERE id = ${one('transactions', `status = 'completed'`)} RETURNING id`,
  },
  {
    invariant: 'I3',
    what: 'a refund that was paid and not counted',
    sql: `UPDATE transactions SET amount_refunded = amount_refunded - 1
      WHERE id = ${one('transactions', `status = 'partially_refunded'`)} RETURNING id`,
  },
  ...history,
  ...schedules,
  ...waiting,
  ...owners,
  {
    invariant: 'I8',
    what: 'a webhook of a provider with another partner',
    sql: `UPDATE provider_webhooks SET partner_id = ${ofOther} WHERE id =
      ${one('provider_webhooks', `partner_id = ${ofSubscriber}`)} RETURNING id`,
  },
  {
    invariant: 'I9',
    what: 'a stored answer with another byte',
    sql: `UPDATE idempotency_keys SET response = response || 'x' WHERE ${oneKey}
      RETURNING fingerprint AS id`,
  },
  {
    invariant: 'I10',
    what: 'a completed payment without an id at its provider',
    sql: `ALTER TABLE transactions DROP CONSTRAINT check_transactions_provider_id;
      UPDATE transactions SET provider_transaction_id = NULL
      WHERE id = ${one('transactions', `status = 'completed'`)} RETURNING id`,
  },
  {
    invariant: 'I12',
    what: 'a row of a month without a partition',
    sql: `INSERT INTO audit_logs (actor, actor_type, action, resource_type, created_at)
      VALUES ('a', 'system', 'x', 'y', '2040-05-05') RETURNING tableoid::regclass::text AS id`,
  },
  {
    invariant: 'I12',
    what: 'no partition for the next month',
    sql: `DO $$ BEGIN EXECUTE 'ALTER TABLE transaction_events DETACH PARTITION transaction_events_'
        || to_char((now() AT TIME ZONE 'UTC') + interval '1 month', 'YYYY_MM'); END $$;
      SELECT 'transaction_events_'
        || to_char((now() AT TIME ZONE 'UTC') + interval '1 month', 'YYYY_MM') AS id`,
  },
  ...archiveViolations,
];
