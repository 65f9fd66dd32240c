import {
  createSeedPartner,
  createSeedPayment,
  type FaultPair,
  insertSeedRefund,
  settleSeedRefund,
  startFaultPair,
  valueOf,
} from '../support/fault-pair.js';
import {
  createPartner,
  createPayment,
  insertRefund,
  settleRefund,
  totalsOf,
} from '../support/rows.js';
import { inTransaction, refusalOf, ruleOf } from '../support/sessions.js';

const askedFor = `SELECT trim_scale(sum(amount))::text FROM refunds
  WHERE transaction_id = $1 AND status <> 'failed'`;

let pair: FaultPair;
const seedPaid = () => createSeedPayment(pair.seed, pair.seedPartner);
const paid = () => createPayment(pair.ours, pair.partner);

beforeAll(async () => {
  pair = await startFaultPair();
});
afterAll(() => pair?.stop());

describe('F1: refunds that are not completed yet', () => {
  it('the seed takes 60 and 60 on a payment of 100', async () => {
    const payment = await seedPaid();
    await insertSeedRefund(pair.seed, payment);
    await insertSeedRefund(pair.seed, payment);
    expect(await valueOf(pair.seed, askedFor, [payment])).toBe('120');
  });

  it('ours refuses the second 60 and takes 40', async () => {
    const payment = await paid();
    await insertRefund(pair.ours, payment);
    expect(await ruleOf(insertRefund(pair.ours, payment))).toBe('refunds_within_amount');
    await insertRefund(pair.ours, payment, { amount: '40' });
    expect(await totalsOf(pair.ours, payment)).toMatchObject({ reserved: '100', sum: '100' });
  });
});

describe('F2: refunds at once', () => {
  const eight = [1, 2, 3, 4, 5, 6, 7, 8];

  it.each(['READ COMMITTED', 'REPEATABLE READ'] as const)(
    'the seed takes eight completed refunds of 60 on 100 at %s',
    async (isolation) => {
      const payment = await seedPaid();
      const sessions = await Promise.all(eight.map(() => pair.connectToSeed()));
      for (const session of sessions) {
        await session.query(`BEGIN ISOLATION LEVEL ${isolation}`);
        await insertSeedRefund(session, payment, { status: 'completed' });
      }
      for (const session of sessions) await session.query('COMMIT');
      expect(await valueOf(pair.seed, askedFor, [payment])).toBe('480');
    },
  );

  it('the seed with a lock before the sum takes all eight too, at REPEATABLE READ', async () => {
    const payment = await seedPaid();
    const sessions = await Promise.all(eight.map(() => pair.connectToSeed()));
    for (const session of sessions) {
      await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await session.query('SELECT 1');
    }
    for (const session of sessions) {
      await session.query('SELECT 1 FROM transactions WHERE id = $1 FOR UPDATE', [payment]);
      await insertSeedRefund(session, payment, { status: 'completed' });
      await session.query('COMMIT');
    }
    expect(await valueOf(pair.seed, askedFor, [payment])).toBe('480');
  });

  it('ours takes one of eight', async () => {
    const payment = await paid();
    const sessions = await Promise.all(eight.map(() => pair.database.connect('payments_api')));
    const outcomes = await Promise.allSettled(
      sessions.map((session) =>
        inTransaction(session, { partners: [pair.partner] }, () => insertRefund(session, payment)),
      ),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(7);
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ constraint: 'refunds_within_amount' });
    }
    expect(await totalsOf(pair.ours, payment)).toMatchObject({ reserved: '60', sum: '60' });
  });
});

describe('F3: what the provider says of a refund', () => {
  it('the seed refuses to record the second refund as completed, and even as failed', async () => {
    const payment = await seedPaid();
    const first = await insertSeedRefund(pair.seed, payment);
    const second = await insertSeedRefund(pair.seed, payment);
    await settleSeedRefund(pair.seed, first, 'completed');
    for (const status of ['completed', 'failed']) {
      expect(await refusalOf(settleSeedRefund(pair.seed, second, status))).toMatchObject({
        message: 'Refund amount exceeds transaction amount',
      });
    }
  });

  it('ours records both, and a refund that the provider made beyond the amount', async () => {
    const payment = await paid();
    const first = await insertRefund(pair.ours, payment);
    const second = await insertRefund(pair.ours, payment, { amount: '40' });
    await settleRefund(pair.ours, first, 'completed');
    const fact = { amount: '70', status: 'completed', by: 'provider:stripe' } as const;
    const excessive = await insertRefund(pair.ours, payment, fact);
    await settleRefund(pair.ours, second, 'failed');
    const excess = 'SELECT trim_scale(refund_excess)::text FROM refunds WHERE id = $1';
    expect(await valueOf(pair.ours, excess, [excessive])).toBe('30');
    expect(await totalsOf(pair.ours, payment)).toMatchObject({ refunded: '100', sum: '100' });
  });
});

describe('F4: refunds on the payment of another partner', () => {
  it('the seed lets a partner refund 99,999 on the 100 of another', async () => {
    const thief = await createSeedPartner(pair.seed);
    const payment = await seedPaid();
    const api = await pair.connectToSeed('payments_api');
    await inTransaction(api, { partners: [thief] }, async () => {
      const seen = 'SELECT count(*)::int FROM transactions WHERE id = $1';
      expect(await valueOf<number>(api, seen, [payment])).toBe(0);
      await insertSeedRefund(api, payment, { amount: '99999' });
    });
    expect(await valueOf(pair.seed, askedFor, [payment])).toBe('99999');
  });

  it('ours refuses it, and lets the owner of the payment', async () => {
    const thief = await createPartner(pair.ours);
    const payment = await paid();
    const api = await pair.database.connect('payments_api');
    const refundAs = (partner: string) =>
      inTransaction(api, { partners: [partner] }, () =>
        api.query(
          `INSERT INTO refunds (transaction_id, partner_id, idempotency_key, amount, currency,
             reason, provider, changed_by)
           VALUES ($1, $2, gen_random_uuid(), 10, 'USD', 'returned', 'stripe', 'partner')`,
          [payment, partner],
        ),
      );
    expect(await ruleOf(refundAs(thief))).toBe('refunds_transaction_visible');
    expect((await refundAs(pair.partner)).rowCount).toBe(1);
  });
});

describe('F5: refunds of what was never paid, or in another currency', () => {
  const unpaid = ['pending', 'processing', 'failed', 'cancelled'] as const;

  it('the seed takes refunds of pending, processing, failed and cancelled payments, and in euros', async () => {
    for (const status of unpaid) {
      const payment = await createSeedPayment(pair.seed, pair.seedPartner, { status });
      await insertSeedRefund(pair.seed, payment, { status: 'completed' });
      expect(await valueOf(pair.seed, askedFor, [payment])).toBe('60');
    }
    const payment = await seedPaid();
    await insertSeedRefund(pair.seed, payment, { currency: 'EUR' });
    expect(await valueOf(pair.seed, askedFor, [payment])).toBe('60');
  });

  it('ours refuses both', async () => {
    for (const status of unpaid) {
      const payment = await createPayment(pair.ours, pair.partner, { status });
      expect(await ruleOf(insertRefund(pair.ours, payment))).toBe('refunds_transaction_refundable');
    }
    const inEuros = insertRefund(pair.ours, await paid(), { currency: 'EUR' });
    expect(await ruleOf(inEuros)).toBe('refunds_currency_match');
  });
});

describe('F6: a refund that is asked for twice', () => {
  it('the seed refunds twice, and has no column that could tell', async () => {
    const payment = await seedPaid();
    for (const _retry of [1, 2]) await insertSeedRefund(pair.seed, payment, { amount: '10' });
    expect(await valueOf(pair.seed, askedFor, [payment])).toBe('20');
    const keys = `SELECT count(*)::int FROM information_schema.columns
      WHERE table_name = 'refunds' AND column_name LIKE '%key%'`;
    expect(await valueOf<number>(pair.seed, keys)).toBe(0);
  });

  it('ours refuses the second use of a key', async () => {
    const payment = await paid();
    const refund = () =>
      pair.ours.query(
        `INSERT INTO refunds (transaction_id, partner_id, idempotency_key, amount, currency, reason,
           provider, changed_by)
         SELECT id, partner_id, 'r-' || id, 10, currency, 'returned', provider, 'partner'
         FROM transactions WHERE id = $1`,
        [payment],
      );
    expect((await refund()).rowCount).toBe(1);
    expect(await ruleOf(refund())).toBe('unique_refunds_partner_idempotency');
  });
});

describe('F7: the payment of a completed refund', () => {
  it('the seed leaves it completed when everything was paid back', async () => {
    const payment = await seedPaid();
    const refund = await insertSeedRefund(pair.seed, payment, { amount: '100' });
    await settleSeedRefund(pair.seed, refund, 'completed');
    const status = 'SELECT status FROM transactions WHERE id = $1';
    expect(await valueOf(pair.seed, status, [payment])).toBe('completed');
  });

  it('ours moves it, and back when the refund fails late', async () => {
    const payment = await paid();
    const refund = await insertRefund(pair.ours, payment, { amount: '100' });
    await settleRefund(pair.ours, refund, 'completed');
    expect((await totalsOf(pair.ours, payment)).status).toBe('refunded');
    await settleRefund(pair.ours, refund, 'failed');
    expect((await totalsOf(pair.ours, payment)).status).toBe('completed');
  });
});
