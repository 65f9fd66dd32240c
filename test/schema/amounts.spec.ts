import type pg from 'pg';
import { createPartner } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { outcomeOf, ruleOf, undone } from './support/sessions.js';

describe('the amount of a transaction', () => {
  let database: ScratchDatabase;
  let client: pg.Client;
  let partner: string;

  beforeAll(async () => {
    database = await startScratchDatabase();
    client = await database.connect();
    partner = await createPartner(client);
  });
  afterAll(() => database?.stop());

  const insert = (amount: string, currency: string, method = 'card') =>
    client.query(
      `INSERT INTO transactions (partner_id, idempotency_key, amount, currency, payment_method,
         provider, changed_by) VALUES ($1, gen_random_uuid(), $2, $3, $4, 'stripe', 'partner')`,
      [partner, amount, currency, method],
    );

  it.each([
    ['0.01', 'USD'],
    ['100000.00', 'USD'],
    ['1', 'JPY'],
    ['150000', 'JPY'],
    ['15000000', 'JPY'],
    ['3500000', 'THB'],
  ])('may be %s %s', async (amount, currency) => {
    expect(await outcomeOf(client, () => insert(amount, currency))).toBe('accepted');
  });

  it.each([
    ['0.50', 'JPY', 'transactions_amount_scale'],
    ['10.001', 'USD', 'transactions_amount_scale'],
    ['0.0001', 'USD', 'transactions_amount_scale'],
    ['100000.01', 'USD', 'transactions_amount_range'],
    ['100000.01', 'EUR', 'transactions_amount_range'],
    ['100000.01', 'GBP', 'transactions_amount_range'],
    ['15000001', 'JPY', 'transactions_amount_range'],
    ['3500000.01', 'THB', 'transactions_amount_range'],
    ['0', 'USD', 'transactions_amount_range'],
    ['-1', 'USD', 'transactions_amount_range'],
    ['NaN', 'USD', 'transactions_amount_range'],
    ['Infinity', 'USD', '22003'],
    ['1e309', 'USD', '22003'],
    ['10', 'zzz', 'transactions_currency_active'],
    ['10', 'usd', 'transactions_currency_active'],
  ])('may not be %s %s (F11, F12)', async (amount, currency, rule) => {
    expect(await ruleOf(insert(amount, currency))).toBe(rule);
  });

  it.each(['card', 'bank_transfer', 'e_wallet', 'crypto'])(
    'may be paid by %s (F13)',
    async (method) => {
      expect(await outcomeOf(client, () => insert('10', 'USD', method))).toBe('accepted');
    },
  );

  it('is refused in a currency or by a method that is switched off, or that is unknown', async () => {
    expect(await ruleOf(insert('10', 'USD', 'barter'))).toBe('transactions_payment_method_active');
    for (const [off, rule] of [
      [`UPDATE currencies SET is_active = false`, 'transactions_currency_active'],
      [`UPDATE payment_methods SET is_active = false`, 'transactions_payment_method_active'],
    ]) {
      const refused = undone(client, async () => {
        await client.query(off);
        return ruleOf(insert('10', 'USD'));
      });
      expect(await refused).toBe(rule);
    }
  });

  it('stays bounded by the checks of the seed when no trigger runs', async () => {
    for (const [amount, rules] of [
      ['0.001', ['check_amount_positive']],
      ['0', ['check_amount_positive', 'transactions_amount_check']],
      ['NaN', ['check_amount_max']],
      ['15000000.01', ['check_amount_max']],
    ] as const) {
      const refused = undone(client, async () => {
        await client.query('SET LOCAL session_replication_role = replica');
        return ruleOf(insert(amount, 'USD'));
      });
      expect(rules).toContain(await refused);
    }
  });

  it('needs a currency: an omitted one is no charge in dollars (F12)', async () => {
    const omitted = client.query(
      `INSERT INTO transactions (partner_id, idempotency_key, amount, payment_method, provider,
         changed_by) VALUES ($1, 'omitted', 10, 'card', 'stripe', 'partner')`,
      [partner],
    );
    expect(await ruleOf(omitted)).toBe('transactions_currency_active');
  });

  it('has bounds in each currency that fit within those of the table', async () => {
    const widen = client.query(`UPDATE currencies SET max_amount = 15000000.01 WHERE code = 'JPY'`);
    expect(await ruleOf(widen)).toBe('check_currencies_bounds');
  });
});
