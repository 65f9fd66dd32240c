import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import {
  archivePayment,
  createPartner,
  createPayment,
  insertAttempt,
  insertRefund,
} from './rows.js';

/** A partner that has a row in every table, and a text that stands in nothing but its rows. */
export interface Tenant {
  id: string;
  marker: string;
  completed: string;
  /** In processing, its only attempt never sent: the next attempt may begin. */
  retrying: string;
  refund: string;
}

/** A row as it is inserted: column and value. */
export type Row = Record<string, unknown>;

/** The rows that a partner may add to each table, as the API writes them. */
export const freshRows: Record<string, (tenant: Tenant) => Row> = {
  partner_api_keys: ({ id }) => {
    const prefix = randomUUID().slice(0, 8);
    return { id: randomUUID(), partner_id: id, prefix, hash: `${prefix}-hash`, scopes: '{read}' };
  },
  transactions: ({ id, marker }) => ({
    id: randomUUID(),
    partner_id: id,
    idempotency_key: randomUUID(),
    amount: '10',
    currency: 'USD',
    payment_method: 'card',
    provider: 'stripe',
    reference: marker,
    changed_by: 'partner',
  }),
  transaction_attempts: ({ id, retrying }) => ({
    id: randomUUID(),
    transaction_id: retrying,
    partner_id: id,
    attempt_no: 2,
    provider: 'stripe',
  }),
  refunds: ({ id, completed, marker }) => ({
    id: randomUUID(),
    transaction_id: completed,
    partner_id: id,
    idempotency_key: randomUUID(),
    amount: '1',
    currency: 'USD',
    reason: marker,
    provider: 'stripe',
    changed_by: 'partner',
  }),
  transaction_events: ({ id, completed, refund, marker }) => ({
    transaction_id: completed,
    partner_id: id,
    refund_id: refund,
    sequence: 99,
    event_type: 'webhook_received',
    error_message: marker,
  }),
  audit_logs: ({ id, completed, marker }) => ({
    partner_id: id,
    actor: 'key',
    actor_type: 'partner',
    action: 'read',
    resource_type: 'transaction',
    resource_id: completed,
    user_agent: marker,
  }),
  review_items: ({ id, completed, refund, marker }) => ({
    id: randomUUID(),
    partner_id: id,
    kind: 'double_charge',
    subject: randomUUID(),
    transaction_id: completed,
    refund_id: refund,
    details: { note: marker },
  }),
  idempotency_keys: ({ id, completed }) => ({
    partner_id: id,
    route: 'POST /v1/transactions',
    key: randomUUID(),
    fields: '{}',
    fingerprint: '0'.repeat(64),
    resource_type: 'transaction',
    resource_id: completed,
  }),
};

/** Rows that only the life cycle and internal teams write. */
const agedRows: Record<string, (tenant: Tenant) => Row> = {
  transaction_histories: ({ id, completed, marker }) => {
    const event = { id: 1, sequence: 1, event_type: 'created', error_message: marker };
    const events = JSON.stringify([event]);
    return { partner_id: id, transaction_id: completed, events, event_count: 1 };
  },
  event_horizons: ({ id }) => ({ partner_id: id, xact_id: 1, event_id: 1 }),
  audit_blocks: ({ id, marker }) => {
    const content = { content: marker, row_count: 1, sha256: '0'.repeat(64) };
    return { ...content, partner_id: id, first_at: 'now', last_at: 'now' };
  },
  legal_holds: ({ id, marker }) => ({ partner_id: id, reason: marker, placed_by: 'ada' }),
};

/** An INSERT of one row. */
export function insertOf(table: string, row: Row): { text: string; values: unknown[] } {
  const columns = Object.keys(row);
  const places = columns.map((_column, index) => `$${index + 1}`);
  return {
    text: `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places.join(', ')})`,
    values: Object.values(row),
  };
}

/** Makes a tenant; run as a superuser. */
export async function createTenant(client: pg.Client): Promise<Tenant> {
  const id = await createPartner(client);
  await archivePayment(client, id);
  const url = `https://${id}.example/webhooks`;
  await client.query('UPDATE partners SET webhook_url = $2 WHERE id = $1', [id, url]);
  const completed = await createPayment(client, id);
  const retrying = await createPayment(client, id, { status: 'processing' });
  await client.query(
    `UPDATE transaction_attempts SET status = 'failed', certainty = 'never_sent', finished_at = now()
     WHERE transaction_id = $1`,
    [retrying],
  );
  const refund = await insertRefund(client, completed, { amount: '10' });
  const marker = `marker-${randomUUID()}`;
  const tenant = { id, marker, completed, retrying, refund };
  const webhook = { ...{ provider: 'stripe', provider_event_id: marker, event_type: 'x' } };
  const received = { ...webhook, body: marker, partner_id: id, transaction_id: completed };
  await client.query(insertOf('provider_webhooks', received));
  for (const [table, row] of Object.entries(freshRows)) {
    if (table !== 'transaction_attempts') await client.query(insertOf(table, row(tenant)));
  }
  for (const [table, row] of Object.entries(agedRows)) {
    await client.query(insertOf(table, row(tenant)));
  }
  await client.query(insertAttempt, [id, marker]);
  await client.query('UPDATE partners SET metadata = $2 WHERE id = $1', [id, { note: marker }]);
  return tenant;
}

/** A table whose rows belong to partners, and what its columns let payments_api do. */
export interface TenantTable {
  name: string;
  /** The column that names the partner. */
  partner: string;
  readable: string[];
  insertable: string[];
  updatable: string[];
  columns: string[];
  /** A view is refused as what it is before anybody asks who may. */
  isView: boolean;
}

/** Every table of the catalogue whose rows belong to partners. */
export async function readTenantTables(client: pg.Client): Promise<TenantTable[]> {
  const { rows } = await client.query<TenantTable>(
    `SELECT c.relname::text AS name,
       CASE c.relname WHEN 'partners' THEN 'id' ELSE 'partner_id' END AS partner,
       array_agg(a.attname::text ORDER BY attnum) AS columns, c.relkind = 'v' AS "isView",
       ${columnsWith('SELECT')} AS readable,
       ${columnsWith('INSERT')} AS insertable,
       ${columnsWith('UPDATE')} AS updatable
     FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
       AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
     GROUP BY c.oid, c.relname
     HAVING c.relname = 'partners' OR bool_or(a.attname = 'partner_id') ORDER BY 1`,
  );
  return rows;
}

function columnsWith(privilege: 'SELECT' | 'INSERT' | 'UPDATE'): string {
  return `COALESCE(array_agg(a.attname::text ORDER BY attnum) FILTER (WHERE
    has_column_privilege('payments_api', c.oid, a.attnum, '${privilege}')), '{}')`;
}
