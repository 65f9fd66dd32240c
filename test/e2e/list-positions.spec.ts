import { randomUUID } from 'node:crypto';
import { createPayment } from '../factories/payments.js';
import type { Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { sizes } from '../support/sizes.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { readAllPages } from './support/pages.js';

const copies = `
WITH settings AS (SELECT set_config('app.current_partner_id', (SELECT partner_id::text
  FROM transactions WHERE id = $1), true) AS partner_id)
INSERT INTO transactions (id, partner_id, idempotency_key, status, amount, currency, payment_method,
  provider, customer_email_hash, expires_at, changed_by, changed_request_id, created_at, reference)
SELECT gen_random_uuid(), t.partner_id, $2::text || n, 'pending', t.amount, t.currency,
  t.payment_method, t.provider, t.customer_email_hash, t.expires_at, 'partner', $5::uuid,
  '2026-05-05T05:05:05.123456Z'::timestamptz + n * $4::int * interval '1 microsecond', $2::text
FROM settings, transactions AS t, generate_series(1, $3::int) AS n
WHERE t.id = $1 AND settings.partner_id IS NOT NULL
RETURNING id`;

describe('payments of nearly one moment', () => {
  let system: TestSystem;
  const half = sizes.listedPayments / 2;

  beforeAll(async () => {
    system = await startSystem({ worker: 0 });
  });
  afterAll(() => system?.stop());

  it.each([
    ['the same microsecond', 0],
    ['one microsecond apart', 1],
  ])('at %s are each listed once over pages of 7', async (name, stepMicroseconds) => {
    const { id } = await createPayment(system, { confirm: false });
    const values = [id, name, half, stepMicroseconds, randomUUID()];
    const rows = await queryOnce<{ id: string }>(system.database.admin, copies, values);
    expect(rows).toHaveLength(half);
    const path = `/v1/transactions?limit=7&reference=${encodeURIComponent(name)}`;
    const listed = await readAllPages<Payment>(system, path);
    expect(listed).toHaveLength(half);
    const ids = listed.map((payment) => payment.id);
    expect([...ids].sort()).toEqual(rows.map((row) => row.id).sort());
    const inOrder = await queryOnce<{ id: string }>(
      system.database.admin,
      'SELECT id FROM transactions WHERE reference = $1 ORDER BY created_at DESC, id DESC',
      [name],
    );
    expect(ids).toEqual(inOrder.map((row) => row.id));
  });
});
