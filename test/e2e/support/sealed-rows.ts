import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { queryOnce } from '../../support/databases.js';
import type { TestSystem } from '../../support/system.js';
import { emailHashWith, sealWith } from './envelopes.js';
import { backdate } from './simulated-years.js';

/** One sealed value and where it lies. */
export interface SealedValue {
  place: string;
  envelope: string;
}

const copies = `
WITH settings AS (SELECT set_config('app.current_partner_id', (SELECT partner_id::text
  FROM transactions WHERE id = $1), true) AS partner_id)
INSERT INTO transactions (id, partner_id, idempotency_key, status, amount, currency, payment_method,
  provider, customer_email, customer_email_hash, expires_at, changed_by, changed_request_id)
SELECT c.id, t.partner_id, c.id::text, 'pending', t.amount, t.currency, t.payment_method, t.provider,
  c.email, c.hash, clock_timestamp() + interval '1 day', 'partner', c.id
FROM settings, transactions AS t, jsonb_to_recordset($2::jsonb) AS c (id uuid, email text, hash text)
WHERE t.id = $1 AND settings.partner_id IS NOT NULL`;

/** Adds payments of one payer to those of a partner, sealed and hashed under the keys given. */
export async function addPayments(
  system: TestSystem,
  like: string,
  count: number,
  keys: { seal: string; hash: string; email: string },
): Promise<void> {
  const rows = Array.from({ length: count }, () => {
    const id = randomUUID();
    const place = `transactions.customer_email:${id}`;
    return {
      id,
      email: sealWith(keys.seal, place, keys.email),
      hash: emailHashWith(keys.hash, keys.email),
    };
  });
  await queryOnce(system.database.admin, copies, [like, JSON.stringify(rows)]);
}

/** Makes one payment three years old, and has it archived. */
export async function archivePayment(system: TestSystem, id: string): Promise<void> {
  const admin = new pg.Client({ connectionString: system.database.admin });
  await admin.connect();
  try {
    await backdate(admin, [id], '3 years');
    const { rows } = await admin.query('SELECT rows FROM archive_transactions(now(), 10, false)');
    if (rows.length !== 1) throw new Error('no payment was archived');
  } finally {
    await admin.end();
  }
}

const values = `
SELECT 'partners.webhook_secret:' || id AS place, webhook_secret AS envelope FROM partners
UNION ALL SELECT 'partners.webhook_secret_previous:' || id, webhook_secret_previous FROM partners
UNION ALL SELECT 'transactions.customer_email:' || id, customer_email FROM transactions
UNION ALL SELECT 'transactions.customer_name:' || id, customer_name FROM transactions
UNION ALL SELECT 'transactions.customer_phone:' || id, customer_phone FROM transactions
UNION ALL SELECT 'transactions.customer_email:' || id, customer_email FROM transactions_archive
UNION ALL SELECT 'transactions.customer_name:' || id, customer_name FROM transactions_archive
UNION ALL SELECT 'transactions.customer_phone:' || id, customer_phone FROM transactions_archive
UNION ALL SELECT 'webhook_delivery_attempts.answer:' || delivery_id || ':' || number, answer
  FROM webhook_delivery_attempts
UNION ALL SELECT 'idempotency_keys.response:' || partner_id || ':' || route || ':' || key, response
  FROM idempotency_keys
UNION ALL SELECT 'provider_webhooks.body:' || id, body FROM provider_webhooks`;

/** Every envelope of the database. */
export function sealedValues(system: TestSystem): Promise<SealedValue[]> {
  return queryOnce<SealedValue>(
    system.database.admin,
    `SELECT * FROM (${values}) AS v WHERE envelope IS NOT NULL`,
  );
}

/** How many envelopes and email hashes are under which key. */
export async function keysInUse(system: TestSystem): Promise<Record<string, number>> {
  const rows = await queryOnce<{ key: string; count: number }>(
    system.database.admin,
    `SELECT split_part(v, '.', 1) AS key, count(*)::int AS count FROM (
       SELECT envelope AS v FROM (${values}) AS e
       UNION ALL SELECT customer_email_hash FROM transactions
       UNION ALL SELECT customer_email_hash FROM transactions_archive) AS all_values
     WHERE v IS NOT NULL GROUP BY 1`,
  );
  return Object.fromEntries(rows.map(({ key, count }) => [key, count]));
}

/** Everything about the rows but what is sealed. */
export function unsealedParts(system: TestSystem): Promise<object[]> {
  return queryOnce(
    system.database.admin,
    `SELECT to_jsonb(t) - '{customer_email,customer_email_hash,customer_name,customer_phone}'::text[]
       AS row FROM transaction_records AS t
     UNION ALL SELECT to_jsonb(p) - '{webhook_secret,webhook_secret_previous}'::text[] FROM partners AS p
     UNION ALL SELECT to_jsonb(k) - '{response,response_hash}'::text[] FROM idempotency_keys AS k
     UNION ALL SELECT to_jsonb(w) - 'body' FROM provider_webhooks AS w
     UNION ALL SELECT to_jsonb(a) - 'answer' FROM webhook_delivery_attempts AS a
     UNION ALL SELECT to_jsonb(e) FROM transaction_events AS e
     ORDER BY 1`,
  );
}

/** The answers whose hash is not that of their envelope. */
export function wrongResponseHashes(system: TestSystem): Promise<object[]> {
  return queryOnce(
    system.database.admin,
    `SELECT key FROM idempotency_keys
     WHERE response_hash <> encode(sha256(convert_to(response, 'UTF8')), 'hex')`,
  );
}

/** The webhooks of providers that the worker still has to do with. */
export function openWebhooks(system: TestSystem): Promise<object[]> {
  return queryOnce(
    system.database.admin,
    `SELECT id FROM provider_webhooks WHERE status IN ('received', 'parked')`,
  );
}
