import { randomUUID } from 'node:crypto';
import {
  createSeedPayment,
  type FaultPair,
  insertSeedRefund,
  settleSeedRefund,
  startFaultPair,
  valueOf,
} from '../support/fault-pair.js';
import { createPayment, insertRefund } from '../support/rows.js';
import { outcomeOf, refusalOf, ruleOf, undone } from '../support/sessions.js';
import { insertIntents } from '../support/statements.js';

let pair: FaultPair;

beforeAll(async () => {
  pair = await startFaultPair();
});
afterAll(() => pair?.stop());

const events = 'SELECT count(*)::int FROM transaction_events WHERE transaction_id = $1';

describe('F26: the address of a partner that left', () => {
  const insert = `INSERT INTO partners (name, email, api_key_hash, api_key_prefix)
    VALUES ('Shop', $1, gen_random_uuid(), 'p') RETURNING id`;
  const remove = 'UPDATE partners SET deleted_at = now() WHERE id = $1';

  it('the seed keeps it for ever, and takes it again in other case', async () => {
    const id = await valueOf(pair.seed, insert, ['shop@example.com']);
    expect(await outcomeOf(pair.seed, () => pair.seed.query(insert, ['Shop@example.com']))).toBe(
      'accepted',
    );
    await pair.seed.query(remove, [id]);
    expect(await ruleOf(pair.seed.query(insert, ['shop@example.com']))).toBe('partners_email_key');
  });

  it('ours gives it free, and takes no other case while it is in use', async () => {
    const id = await valueOf(pair.ours, insert, ['shop@example.com']);
    const again = () => outcomeOf(pair.ours, () => pair.ours.query(insert, ['Shop@example.com']));
    expect(await again()).toBe('unique_partners_email_lower');
    await pair.ours.query(remove, [id]);
    expect(await again()).toBe('accepted');
  });
});

describe('F28: three rules of retention', () => {
  const purge = 'DELETE FROM transaction_events WHERE transaction_id = $1';

  it('the seed lets the events of a payment go that is kept for nine years more', async () => {
    const id = await createSeedPayment(pair.seed, pair.seedPartner);
    expect((await pair.seed.query(purge, [id])).rowCount).toBeGreaterThan(0);
    expect(await valueOf<number>(pair.seed, events, [id])).toBe(0);
  });

  it('ours lets nobody delete them, their owner included', async () => {
    const id = await createPayment(pair.ours, pair.partner);
    expect(await outcomeOf(pair.ours, () => pair.ours.query(purge, [id]))).not.toBe('accepted');
    expect(await valueOf<number>(pair.ours, events, [id])).toBeGreaterThan(0);
  });
});

describe('F27: a soft delete of what is still open', () => {
  const remove = (table: string) => `UPDATE ${table} SET deleted_at = now() WHERE id = $1`;

  it('the seed deletes open payments and refunds, and the deleted refund still blocks and completes', async () => {
    const open = await createSeedPayment(pair.seed, pair.seedPartner, { status: 'processing' });
    expect((await pair.seed.query(remove('transactions'), [open])).rowCount).toBe(1);
    const payment = await createSeedPayment(pair.seed, pair.seedPartner);
    const refund = await insertSeedRefund(pair.seed, payment);
    expect((await pair.seed.query(remove('refunds'), [refund])).rowCount).toBe(1);
    await settleSeedRefund(pair.seed, refund, 'completed');
    const shown = `SELECT count(*)::int FROM refunds WHERE transaction_id = $1 AND deleted_at IS NULL`;
    expect(await valueOf<number>(pair.seed, shown, [payment])).toBe(0);
    expect(await refusalOf(insertSeedRefund(pair.seed, payment))).toMatchObject({
      message: 'Refund amount exceeds transaction amount',
    });
  });

  it('ours refuses both while they are open', async () => {
    const open = await createPayment(pair.ours, pair.partner, { status: 'processing' });
    expect(await ruleOf(pair.ours.query(remove('transactions'), [open]))).toBe(
      'transactions_soft_delete_open',
    );
    const payment = await createPayment(pair.ours, pair.partner);
    const refund = await insertRefund(pair.ours, payment);
    expect(await ruleOf(pair.ours.query(remove('refunds'), [refund]))).toBe(
      'refunds_soft_delete_open',
    );
    const settled = await createPayment(pair.ours, pair.partner);
    expect((await pair.ours.query(remove('transactions'), [settled])).rowCount).toBe(1);
  });
});

describe('F29: a payer who asks to be forgotten', () => {
  it('the seed refuses to forget the address', async () => {
    const payment = await createSeedPayment(pair.seed, pair.seedPartner);
    const scrub = 'UPDATE transactions SET customer_email = NULL WHERE id = $1';
    expect((await refusalOf(pair.seed.query(scrub, [payment]))).code).toBe('23502');
  });

  it('ours can, and notes when', async () => {
    const payment = await createPayment(pair.ours, pair.partner);
    const write = `UPDATE transactions SET customer_email = 'k1.x', customer_email_hash = 'k1.y'
      WHERE id = $1`;
    await pair.ours.query(write, [payment]);
    const scrubbed = pair.ours.query(
      `UPDATE transactions SET customer_email = NULL, customer_email_hash = NULL,
         customer_name = NULL, customer_phone = NULL, redacted_at = now() WHERE id = $1
       RETURNING status, customer_email, redacted_at IS NOT NULL AS noted`,
      [payment],
    );
    expect((await scrubbed).rows).toEqual([
      { status: 'completed', customer_email: null, noted: true },
    ]);
  });
});

describe('F31: a request that comes again', () => {
  it('the seed answers a violation, the same for the same body and for another', async () => {
    const insert = `INSERT INTO transactions (partner_id, idempotency_key, amount, payment_method,
      provider, customer_email) VALUES ($1, 'order-1', $2, 'card', 'stripe', 'a@example.com')`;
    await pair.seed.query(insert, [pair.seedPartner, 10]);
    for (const amount of [10, 99]) {
      const again = pair.seed.query(insert, [pair.seedPartner, amount]);
      expect(await ruleOf(again)).toBe('unique_partner_idempotency');
    }
    const stored = `SELECT count(*)::int FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name ~ 'fingerprint|request_hash|^response$'`;
    expect(await valueOf<number>(pair.seed, stored)).toBe(0);
  });

  it('ours makes nothing, and has the fingerprint and the answer of the first', async () => {
    const [key, first] = [randomUUID(), randomUUID()];
    const create = (id: string) =>
      pair.ours.query(insertIntents, [[id], [pair.partner], [key], [null]]);
    expect((await create(first)).rowCount).toBe(1);
    await pair.ours.query(
      `UPDATE idempotency_keys SET http_status = 201, response = 'v1.envelope',
         response_hash = repeat('a', 64) WHERE key = $1`,
      [key],
    );
    expect((await create(randomUUID())).rowCount).toBe(0);
    const { rows } = await pair.ours.query(
      `SELECT resource_id, http_status, response, length(fingerprint) AS fingerprint
       FROM idempotency_keys WHERE partner_id = $1 AND key = $2`,
      [pair.partner, key],
    );
    expect(rows).toEqual([
      { resource_id: first, http_status: 201, response: 'v1.envelope', fingerprint: 64 },
    ]);
  });
});

describe('F32: times that contradict the status', () => {
  it('the seed has no time of a cancellation or expiry, and completes what failed', async () => {
    const columns = `SELECT count(*)::int FROM information_schema.columns WHERE table_name =
      'transactions' AND column_name IN ('cancelled_at', 'expires_at', 'next_sync_at')`;
    expect(await valueOf<number>(pair.seed, columns)).toBe(0);
    const payment = await createSeedPayment(pair.seed, pair.seedPartner);
    const lie = 'UPDATE transactions SET failed_at = now(), processed_at = NULL WHERE id = $1';
    expect((await pair.seed.query(lie, [payment])).rowCount).toBe(1);
  });

  it.each([
    ['pending', 'processed_at = now()'],
    ['processing', 'failed_at = now()'],
    ['completed', 'processed_at = NULL'],
    ['failed', 'failed_at = NULL'],
    ['cancelled', 'processed_at = now()'],
  ] as const)('ours refuses %s with %s', async (status, lie) => {
    const payment = await createPayment(pair.ours, pair.partner, { status });
    const tell = () => pair.ours.query(`UPDATE transactions SET ${lie} WHERE id = $1`, [payment]);
    expect(await ruleOf(undone(pair.ours, tell))).toBe('check_transactions_timestamps');
    const sync = 'UPDATE transactions SET next_sync_at = now(), expires_at = now() WHERE id = $1';
    expect((await pair.ours.query(sync, [payment])).rowCount).toBe(1);
  });
});
