import pg from 'pg';
import {
  archivePayment,
  completePayment,
  createPartner,
  createPayment,
  insertAttempt,
  insertRefund,
  settleRefund,
} from './rows.js';
import { insertEvent } from './statements.js';

/** Every kind of row that the invariants look at, made by legal moves as the application makes them. */
export async function fillLively(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const subscriber = await createPartner(client);
    for (const partner of [subscriber, await createPartner(client)]) {
      await archivePayment(client, partner);
    }
    await client.query(`SELECT fold_events(now() + interval '3 years', 100, false)`);
    await subscribe(client, subscriber);
    const { rows } = await client.query<{ id: string }>('SELECT id FROM partners ORDER BY id');
    for (const { id } of rows) await makeBusiness(client, id);
    await schedule(client);
    await client.query(answers);
    await client.query(callbacks);
    await client.query(insertAttempt, [null, null]);
  } finally {
    await client.end();
  }
}

/** The partner has had its URL for an hour. */
async function subscribe(client: pg.Client, partner: string): Promise<void> {
  await client.query(
    `UPDATE partners SET webhook_url = 'https://shop.example/hooks' WHERE id = $1`,
    [partner],
  );
  await client.query('SET session_replication_role = replica');
  await client.query(
    `UPDATE partners SET webhook_url_since = now() - interval '1 hour' WHERE id = $1`,
    [partner],
  );
  await client.query('SET session_replication_role = origin');
}

async function makeBusiness(client: pg.Client, partner: string): Promise<void> {
  for (const status of ['pending', 'processing', 'failed', 'cancelled', 'completed'] as const) {
    await createPayment(client, partner, { status });
  }
  await createPayment(client, partner, { status: 'processing', provider: 'manual' });
  const late = await createPayment(client, partner, { status: 'processing' });
  await client.query(insertEvent, [late, partner, null]);
  await completePayment(client, late);
  const refunded = await createPayment(client, partner);
  for (const status of ['completed', 'failed'] as const) {
    await settleRefund(client, await insertRefund(client, refunded, { amount: '30' }), status);
    await insertRefund(client, refunded, { amount: '10' });
  }
}

/** What is in flight has a date. */
async function schedule(client: pg.Client): Promise<void> {
  await client.query(
    `UPDATE transactions SET expires_at = now() + interval '1 day' WHERE status = 'pending'`,
  );
  for (const table of ['transactions', 'refunds']) {
    await client.query(
      `UPDATE ${table} SET next_sync_at = now() + interval '1 minute'
       WHERE status IN ('pending', 'processing') AND provider <> 'manual'`,
    );
  }
}

const answers = `
INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint, resource_type,
  resource_id, http_status, response, response_hash)
SELECT partner_id, 'POST /v1/' || kind, idempotency_key, '{}'::jsonb,
  encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), kind, id, 201, 'k1.' || id,
  encode(sha256(convert_to('k1.' || id, 'UTF8')), 'hex')
FROM (SELECT id, partner_id, idempotency_key, 'transaction' AS kind FROM transaction_records
  UNION ALL SELECT id, partner_id, idempotency_key, 'refund' FROM refund_records) AS written
UNION ALL
SELECT id, 'POST /v1/transactions', 'refused', '{}'::jsonb,
  encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), NULL, NULL, 422, 'k1.no',
  encode(sha256('k1.no'), 'hex')
FROM partners`;

const callbacks = `
INSERT INTO provider_webhooks (provider, provider_event_id, event_type, body, status, partner_id,
  transaction_id, refund_id, applied_at)
SELECT provider, 'evt_' || id, 'charge.refunded', 'k1.body', 'applied', partner_id, transaction_id,
  id, now() FROM refunds
UNION ALL
SELECT provider, 'evt_' || id, 'payment_intent.succeeded', 'k1.body', 'received', NULL, NULL, NULL,
  NULL FROM transactions`;
