import {
  createSeedPayment,
  type FaultPair,
  insertSeedRefund,
  startFaultPair,
  valueOf,
} from '../support/fault-pair.js';
import { createPayment, insertRefund } from '../support/rows.js';
import { inTransaction, outcomeOf, ruleOf, undone } from '../support/sessions.js';

let pair: FaultPair;

beforeAll(async () => {
  pair = await startFaultPair();
});
afterAll(() => pair?.stop());

const seedOutcome = (amount: string, currency: string) =>
  outcomeOf(pair.seed, () => createSeedPayment(pair.seed, pair.seedPartner, { amount, currency }));
const outcome = (amount: string, currency: string) =>
  outcomeOf(pair.ours, () =>
    createPayment(pair.ours, pair.partner, { amount, currency, status: 'pending' }),
  );

describe('F11: one pair of bounds for every currency', () => {
  it('the seed takes half a yen and a tenth of a cent, and refuses 150,000 yen', async () => {
    expect(await seedOutcome('0.50', 'JPY')).toBe('accepted');
    expect(await seedOutcome('10.001', 'USD')).toBe('accepted');
    expect(await seedOutcome('150000', 'JPY')).toBe('check_amount_max');
    const payment = await createSeedPayment(pair.seed, pair.seedPartner);
    await insertSeedRefund(pair.seed, payment, { amount: '0.0001' });
    const amount = 'SELECT trim_scale(amount)::text FROM refunds WHERE transaction_id = $1';
    expect(await valueOf(pair.seed, amount, [payment])).toBe('0.0001');
  });

  it('the seed lets the checks of a refund pass what is no number, where its trigger is gone', async () => {
    const payment = await createSeedPayment(pair.seed, pair.seedPartner);
    const unguarded = undone(pair.seed, async () => {
      await pair.seed.query('ALTER TABLE refunds DISABLE TRIGGER validate_refund_amount_trigger');
      return insertSeedRefund(pair.seed, payment, { amount: 'NaN' });
    });
    expect(await unguarded).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('ours has bounds and decimals for each currency, for refunds too, and takes no NaN', async () => {
    expect(await outcome('0.50', 'JPY')).toBe('transactions_amount_scale');
    expect(await outcome('10.001', 'USD')).toBe('transactions_amount_scale');
    expect(await outcome('150000', 'JPY')).toBe('accepted');
    expect(await outcome('100000.01', 'USD')).toBe('transactions_amount_range');
    expect(await outcome('NaN', 'USD')).toBe('transactions_amount_range');
    const payment = await createPayment(pair.ours, pair.partner);
    const refund = (amount: string) =>
      outcomeOf(pair.ours, () => insertRefund(pair.ours, payment, { amount }));
    expect(await refund('0.001')).toBe('refunds_amount_scale');
    expect(await refund('NaN')).toBe('refunds_within_amount');
    expect(await refund('0.01')).toBe('accepted');
  });
});

describe('F12: a currency that nobody named or knows', () => {
  const omitted = `INSERT INTO transactions (partner_id, idempotency_key, amount, payment_method,
    provider, customer_email) VALUES ($1, gen_random_uuid(), 10, 'card', 'stripe', 'a@example.com')
    RETURNING currency`;
  const switchOff = `UPDATE currencies SET is_active = false WHERE code = 'EUR'`;

  it('the seed charges dollars when it is omitted, and takes zzz and what is switched off', async () => {
    expect(await valueOf(pair.seed, omitted, [pair.seedPartner])).toBe('USD');
    expect(await seedOutcome('10', 'zzz')).toBe('accepted');
    const inactive = undone(pair.seed, async () => {
      await pair.seed.query(switchOff);
      return createSeedPayment(pair.seed, pair.seedPartner, { currency: 'EUR' });
    });
    expect(await inactive).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('ours refuses all three', async () => {
    const rule = 'transactions_currency_active';
    const none = inTransaction(pair.ours, { actor: 'partner' }, () =>
      pair.ours.query(omitted, [pair.partner]),
    );
    expect(await ruleOf(none)).toBe(rule);
    expect(await outcome('10', 'zzz')).toBe(rule);
    expect(await outcome('10', 'EUR')).toBe('accepted');
    const inactive = undone(pair.ours, async () => {
      await pair.ours.query(switchOff);
      const wish = { currency: 'EUR', status: 'pending' } as const;
      return ruleOf(createPayment(pair.ours, pair.partner, wish));
    });
    expect(await inactive).toBe(rule);
    const key = `SELECT confrelid::regclass::text FROM pg_constraint
      WHERE conname = 'fk_transactions_currency'`;
    expect(await valueOf(pair.ours, key)).toBe('currencies');
  });
});

describe('F13: the payment method', () => {
  it('the seed takes one that is in no table', async () => {
    const barter = `INSERT INTO transactions (partner_id, idempotency_key, amount, payment_method,
      provider, customer_email) VALUES ($1, gen_random_uuid(), 10, 'barter', 'stripe', 'a@example.com')
      RETURNING payment_method`;
    expect(await valueOf(pair.seed, barter, [pair.seedPartner])).toBe('barter');
  });

  it('ours takes the four codes of payment_methods alone', async () => {
    const pay = (method: string) =>
      outcomeOf(pair.ours, () =>
        pair.ours.query(
          `INSERT INTO transactions (partner_id, idempotency_key, amount, currency, payment_method,
             provider, changed_by) VALUES ($1, 'm', 10, 'USD', $2, 'stripe', 'partner')`,
          [pair.partner, method],
        ),
      );
    for (const method of ['card', 'bank_transfer', 'e_wallet', 'crypto']) {
      expect([method, await pay(method)]).toEqual([method, 'accepted']);
    }
    expect(await pay('barter')).toBe('transactions_payment_method_active');
    const key = `SELECT confrelid::regclass::text FROM pg_constraint
      WHERE conname = 'fk_transactions_payment_method'`;
    expect(await valueOf(pair.ours, key)).toBe('payment_methods');
  });
});
