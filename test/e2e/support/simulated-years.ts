import type pg from 'pg';

export const secondMs = 1_000;

/** Something that is there up to a moment, or from one on. */
export interface Watched {
  what: string;
  from?: Date;
  until?: Date;
  /** SQL that gives a row while it is there. */
  text: string;
  values: unknown[];
}

/** Payments with all that is theirs, and the days by which they are older than they are. */
const backdating = [
  `UPDATE transactions SET created_at = created_at - $2::interval, updated_at = updated_at - $2::interval,
     processed_at = processed_at - $2::interval, failed_at = failed_at - $2::interval,
     cancelled_at = cancelled_at - $2::interval WHERE id = ANY ($1::uuid[])`,
  `UPDATE transaction_attempts SET started_at = started_at - $2::interval,
     finished_at = finished_at - $2::interval WHERE transaction_id = ANY ($1::uuid[])`,
  `UPDATE refunds SET created_at = created_at - $2::interval, updated_at = updated_at - $2::interval,
     processed_at = processed_at - $2::interval, failed_at = failed_at - $2::interval
   WHERE transaction_id = ANY ($1::uuid[])`,
  `UPDATE transaction_events SET created_at = created_at - $2::interval
   WHERE transaction_id = ANY ($1::uuid[])`,
  `UPDATE audit_logs SET created_at = created_at - $2::interval WHERE resource_id = ANY ($1::uuid[])
     OR resource_id IN (SELECT id FROM refunds WHERE transaction_id = ANY ($1::uuid[]))`,
  `UPDATE idempotency_keys SET created_at = created_at - $2::interval,
     expires_at = expires_at - $2::interval WHERE resource_id = ANY ($1::uuid[])
     OR resource_id IN (SELECT id FROM refunds WHERE transaction_id = ANY ($1::uuid[]))`,
];

/** Makes payments as old as if they had been made that long ago. */
export async function backdate(admin: pg.Client, payments: string[], age: string): Promise<void> {
  await admin.query('SELECT ensure_partitions(0, now() - $1::interval)', [age]);
  await admin.query('SET session_replication_role = replica');
  for (const text of backdating) await admin.query(text, [payments, age]);
  await admin.query('SET session_replication_role = origin');
}

/** Rows beside payments, one of each kind whose time is limited; $1 is a payment. */
export const sendings = [
  `INSERT INTO webhook_deliveries (partner_id, transaction_id, event_id, event_created_at, type, status,
     next_attempt_at, delivered_at)
   SELECT partner_id, id, 0, now(), 'transaction.created', 'delivered', NULL, now()
   FROM transactions WHERE id = $1::uuid`,
  `INSERT INTO provider_webhooks (provider, provider_event_id, event_type, body, partner_id,
     transaction_id, status, applied_at)
   SELECT 'stripe', 'evt_years', 'x', 'x', partner_id, id, 'applied', now()
   FROM transactions WHERE id = $1::uuid`,
  `INSERT INTO provider_transmissions (provider, provider_account, transmission_id,
     provider_event_id) SELECT 'paypal', 'default', $1::text, 'evt_years'`,
];

/** A rule about a table: when a row of it goes. */
interface Limit {
  what: string;
  table: string;
  of: string;
  ends: string;
}

const limits: Limit[] = [
  {
    ...{
      what: 'the webhook that was sent',
      table: 'webhook_deliveries',
      of: 'transaction_id = $1',
    },
    ends: `created_at + interval '90 days'`,
  },
  {
    ...{ what: 'the fact of the provider', table: 'provider_webhooks', of: 'transaction_id = $1' },
    ends: `received_at + interval '90 days'`,
  },
  {
    ...{ what: 'the sending of the provider', table: 'provider_transmissions' },
    ...{ of: 'transmission_id = $1::text', ends: `received_at + interval '8 days'` },
  },
  {
    ...{ what: 'the idempotency key', table: 'idempotency_keys', of: 'resource_id = $1' },
    ends: `created_at + interval '7 days'`,
  },
];

/** What becomes of one payment, counted from its own end. */
const stages = `
SELECT ended + interval '2 years' AS archived, ended + interval '7 years' AS redacted,
  ended + interval '10 years' AS deleted, first + interval '1 year' AS folded,
  date_trunc('month', first, 'UTC') + interval '1 month 90 days' AS packed
FROM (SELECT GREATEST(t.processed_at, t.failed_at, t.cancelled_at, (SELECT max(GREATEST(
    r.created_at, r.processed_at, r.failed_at)) FROM refunds AS r WHERE r.transaction_id = t.id)) AS ended,
  (SELECT min(created_at) FROM transaction_events WHERE transaction_id = t.id) AS first
  FROM transactions AS t WHERE t.id = $1) AS payment`;

type Stages = Record<'archived' | 'redacted' | 'deleted' | 'folded' | 'packed', Date>;

export async function stagesOf(admin: pg.Client, payment: string): Promise<Stages> {
  return (await admin.query<Stages>(stages, [payment])).rows[0];
}

/** Everything about a payment that a rule ends. */
export async function watchPayment(admin: pg.Client, payment: string): Promise<Watched[]> {
  const { archived, redacted, deleted, folded } = await stagesOf(admin, payment);
  const values = [payment];
  return [
    { what: 'live', until: archived, text: 'SELECT FROM transactions WHERE id = $1', values },
    {
      ...{ what: 'archived', from: archived, until: deleted, values },
      text: 'SELECT FROM transactions_archive WHERE id = $1',
    },
    {
      ...{ what: 'its payer', until: redacted, values },
      text: 'SELECT FROM transaction_records WHERE id = $1 AND customer_email IS NOT NULL',
    },
    {
      ...{ what: 'its first event in the feed', until: folded, values },
      text: 'SELECT FROM transaction_events WHERE transaction_id = $1 AND sequence = 1',
    },
    {
      ...{ what: 'its story', until: deleted, values },
      text: 'SELECT FROM transaction_timeline WHERE transaction_id = $1 AND sequence = 1',
    },
  ];
}

/** What lies beside a payment and goes sooner. */
export async function watchSendings(admin: pg.Client, payment: string): Promise<Watched[]> {
  const watched: Watched[] = [];
  for (const { what, table, of, ends } of limits) {
    const text = `SELECT ${ends} AS at FROM ${table} WHERE ${of}`;
    for (const { at } of (await admin.query<{ at: Date }>(text, [payment])).rows) {
      watched.push({
        what,
        until: at,
        text: `SELECT FROM ${table} WHERE ${of}`,
        values: [payment],
      });
    }
  }
  return watched;
}

/** Reading the payment is audited as well, at the real time. */
const ofThen = (column: string) => `${column} < now() - interval '300 days'`;

/** The audit rows of a payment: one by one, then packed, then gone. */
export async function watchAudit(admin: pg.Client, payment: string): Promise<Watched[]> {
  const { packed } = await stagesOf(admin, payment);
  const month = `SELECT max(a.created_at) + interval '3 years' AS at FROM audit_logs AS a,
    (SELECT partner_id, created_at FROM audit_logs WHERE resource_id = $1 LIMIT 1) AS own
    WHERE a.partner_id = own.partner_id AND date_trunc('month', a.created_at, 'UTC')
      = date_trunc('month', own.created_at, 'UTC')`;
  const { at } = (await admin.query<{ at: Date }>(month, [payment])).rows[0];
  const inBlocks = `SELECT FROM audit_blocks
    WHERE position($1 IN content) > 0 AND ${ofThen('last_at')}`;
  return [
    {
      ...{ what: 'its audit rows', until: packed, values: [payment] },
      text: `SELECT FROM audit_logs WHERE resource_id = $1 AND ${ofThen('created_at')}`,
    },
    { what: 'its audit block', from: packed, until: at, text: inBlocks, values: [payment] },
  ];
}

/** Every month, and the second before and after each moment at which something changes. */
export function momentsOf(watched: Watched[], first: Date, months: number): Date[] {
  const times = new Set<number>();
  for (let month = 0; month < months; month++) {
    times.add(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, 2));
  }
  for (const at of watched.flatMap(({ from, until }) => [from, until])) {
    if (at) times.add(at.getTime() - secondMs).add(at.getTime() + secondMs);
  }
  return [...times].sort((one, other) => one - other).map((time) => new Date(time));
}

/** What is there at a moment and should not be, or the other way round. */
export async function wrongAt(admin: pg.Client, watched: Watched[], now: Date): Promise<string[]> {
  const wrong: string[] = [];
  for (const { what, from, until, text, values } of watched) {
    const expected = (!from || from < now) && (!until || now < until);
    const isThere = ((await admin.query(text, values)).rowCount ?? 0) > 0;
    if (isThere !== expected) wrong.push(`${what}: ${isThere ? 'still there' : 'gone'}`);
  }
  return wrong;
}
