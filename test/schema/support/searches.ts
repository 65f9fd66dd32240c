import type pg from 'pg';
import { inTransaction } from './sessions.js';

/** What `search_transactions` takes, in its order. */
const parameters = {
  limit: 'integer',
  before: 'timestamptz',
  beforeId: 'uuid',
  from: 'timestamptz',
  to: 'timestamptz',
  status: 'transaction_status',
  provider: 'payment_provider',
  paymentMethod: 'text',
  currency: 'text',
  amountMin: 'numeric',
  amountMax: 'numeric',
  metadata: 'jsonb',
  emailHashes: 'text[]',
  reference: 'text',
} as const;

export type Search = { [Name in keyof typeof parameters]?: string | number | string[] };

const casts = Object.values(parameters).map((type, index) => `$${index + 1}::${type}`);

const call = `SELECT search_transactions(${casts.join(', ')}) AS ids`;

// The same filters without an index in mind, by a superuser.
const oracle = `
SELECT ARRAY(SELECT id FROM transactions
  WHERE partner_id = $15 AND deleted_at IS NULL
    AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
    AND created_at >= COALESCE($4::timestamptz, '-infinity')
    AND created_at < COALESCE($5::timestamptz, 'infinity')
    AND status = COALESCE($6::transaction_status, status)
    AND provider = COALESCE($7::payment_provider, provider)
    AND payment_method = COALESCE($8::text, payment_method)
    AND currency = COALESCE($9::text, currency)
    AND amount BETWEEN COALESCE($10::numeric, 0) AND COALESCE($11::numeric, 'NaN')
    AND ($12::jsonb IS NULL OR metadata @> $12)
    AND ($13::text[] IS NULL OR customer_email_hash = ANY ($13::text[]))
    AND ($14::text IS NULL OR reference = $14)
  ORDER BY created_at DESC, id DESC LIMIT $1) AS ids`;

function valuesOf(search: Search) {
  return Object.keys(parameters).map((name) => search[name as keyof Search] ?? null);
}

/** Asks the function, as the application does. */
export async function searchAs(
  api: pg.Client,
  partners: string[] | undefined,
  search: Search,
): Promise<string[]> {
  const values = valuesOf({ limit: 21, ...search });
  const { rows } = await inTransaction(api, { partners }, () => api.query(call, values));
  return rows[0].ids;
}

/** What the function should find. */
export async function expectedIds(
  superuser: pg.Client,
  partner: string,
  search: Search,
): Promise<string[]> {
  const { rows } = await superuser.query(oracle, [...valuesOf({ limit: 21, ...search }), partner]);
  return rows[0].ids;
}
