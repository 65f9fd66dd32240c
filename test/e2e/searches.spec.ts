import { createPayment } from '../factories/payments.js';
import type { List, Payment } from '../factories/payments.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { readAllPages } from './support/pages.js';
import { expectProblem } from './support/problems.js';

const unsent = { confirm: false };
const awkward = `50% "off" \\ 'x'; DROP TABLE transactions; --`;

/** What each payment of the first partner is made of, by the name that the tests call it. */
const wishes = {
  cheap: { amount: '9.99', metadata: { cart: 'c-1', shop: 'north' } },
  even: { amount: '10.00', metadata: { cart: 'c-2', shop: 'north' } },
  dear: { amount: '1000.00', metadata: { cart: 'c-2', shop: 'south' } },
  euro: { amount: '10.00', currency: 'EUR', metadata: { cart: 'c-3', shop: 'south' } },
  yen: { amount: '500', currency: 'JPY' },
  transfer: { payment_method: 'bank_transfer', payment_method_token: undefined },
  awkward: { metadata: { "a][b'.c": awkward, '😀': 'ß' }, reference: 'odd' },
};
type Name = keyof typeof wishes;

describe('a search for payments', () => {
  let system: TestSystem;
  const nameOf = new Map<string, Name>();

  beforeAll(async () => {
    system = await startSystem({ worker: 0, sandbox: false });
    for (const [name, wish] of Object.entries(wishes)) {
      nameOf.set((await createPayment(system, { ...unsent, ...wish })).id, name as Name);
    }
  });
  afterAll(() => system?.stop());

  function list(filters: Record<string, string>, key?: string) {
    const query = new URLSearchParams(filters).toString();
    return call<List<Payment>>(system, 'GET', `/v1/transactions?${query}`, { key });
  }

  async function namesOf(filters: Record<string, string>): Promise<string[]> {
    const { status, body, text } = await list(filters);
    if (status !== 200) throw new Error(text);
    return body.data.map(({ id }) => nameOf.get(id) ?? id).toSorted();
  }

  it.each([
    [{ 'metadata[cart]': 'c-2' }, ['dear', 'even']],
    [{ 'metadata[cart]': 'c-2', 'metadata[shop]': 'north' }, ['even']],
    [{ 'metadata[cart]': 'c-2', 'metadata[shop]': 'west' }, []],
    [{ 'metadata[shop]': 'c-2' }, []],
    [{ 'metadata[Cart]': 'c-2' }, []],
    [{ 'metadata[cart]': '' }, []],
    [{ "metadata[a][b'.c]": awkward }, ['awkward']],
    [{ 'metadata[😀]': 'ß' }, ['awkward']],
    [{ currency: 'USD', amount_min: '10' }, ['awkward', 'dear', 'even', 'transfer']],
    [{ currency: 'USD', amount_max: '10.00' }, ['cheap', 'even']],
    [{ currency: 'USD', amount_min: '9.991', amount_max: '10.0000' }, ['even']],
    [{ currency: 'EUR', amount_min: '10', amount_max: '10' }, ['euro']],
    [{ currency: 'JPY', amount_min: '500', amount_max: '500.0' }, ['yen']],
    [{ currency: 'JPY', amount_min: '501' }, []],
    [{ currency: 'USD', amount_min: '20', amount_max: '10' }, []],
    [{ currency: 'EUR' }, ['euro']],
    [{ provider: 'manual' }, ['transfer']],
    [{ payment_method: 'bank_transfer' }, ['transfer']],
    [{ payment_method: 'bank_transfer', currency: 'JPY' }, []],
    [{ 'metadata[shop]': 'south', currency: 'EUR', amount_min: '1', status: 'pending' }, ['euro']],
    [{ 'metadata[shop]': 'south', status: 'completed' }, []],
    [{ 'metadata[😀]': 'ß', reference: 'odd' }, ['awkward']],
    [{ 'metadata[😀]': 'ß', customer_email: 'nobody@example.com' }, []],
    [{ 'metadata[shop]': 'south', created_to: '2026-01-01T00:00:00Z' }, []],
  ] as [Record<string, string>, Name[]][])('by %j finds %j', async (filters, names) => {
    expect(await namesOf(filters)).toEqual(names);
  });

  it.each([
    [{ amount_min: '10' }, 'currency'],
    [{ amount_max: '10' }, 'currency'],
    [{ amount_min: '10', currency: 'usd' }, 'currency'],
    ...['1e3', '-1', 'NaN', '10.00001', '', '٣', '0x10', "1' OR '1'='1"].map((amount) => [
      { amount_min: amount, currency: 'USD' },
      'amount_min',
    ]),
    [{ amount_max: 'Infinity', currency: 'USD' }, 'amount_max'],
    [{ metadata: 'c-2' }, 'metadata'],
    [{ 'metadata[]': 'c-2' }, 'metadata'],
    [{ [`metadata[${'k'.repeat(41)}]`]: 'x' }, 'metadata'],
    [{ 'metadata[cart]': 'x'.repeat(501) }, 'metadata'],
    [
      Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`metadata[k${n}]`, 'x'])),
      'metadata',
    ],
    [{ 'status[a]': 'pending' }, 'status'],
  ] as [Record<string, string>, string][])('refuses %j', async (filters, param) => {
    const answer = await list(filters);
    expectProblem(answer, 422, 'validation_failed');
    expect(answer.body).toMatchObject({ errors: [{ param }] });
  });

  it.each([
    ['metadata[__proto__]=x', 400, 'malformed_request'],
    ['__proto__[status]=pending', 400, 'malformed_request'],
    ['metadata[constructor]=x', 400, 'malformed_request'],
    ['metadata[a]=%00', 400, 'malformed_request'],
    ['note[a]=x', 400, 'parameter_invalid'],
    ['metadata[a]=4242424242424242', 422, 'card_data_not_allowed'],
    ['metadata[a]=1&metadata[a]=2', 400, 'parameter_invalid'],
  ] as const)('answers %s with %i %s', async (query, status, code) => {
    expectProblem(await call(system, 'GET', `/v1/transactions?${query}`), status, code);
  });

  it('finds nothing of another partner, who finds it', async () => {
    const key = system.credentials.second_partner_api_key;
    const wish = { ...unsent, amount: '77.77', metadata: { cart: 'theirs' } };
    const { id } = await createPayment(system, wish, { key });
    for (const filters of [
      { 'metadata[cart]': 'theirs' },
      { currency: 'USD', amount_min: '77.77', amount_max: '77.77' },
    ] as Record<string, string>[]) {
      expect(await namesOf(filters)).toEqual([]);
      expect((await list(filters, key)).body.data).toMatchObject([{ id }]);
    }
    expect((await list({ 'metadata[shop]': 'south' }, key)).body.data).toEqual([]);
  });

  it('has pages, whose cursors are bound to the filters', async () => {
    const sold = await Promise.all(
      Array.from({ length: 10 }, () =>
        createPayment(system, { ...unsent, metadata: { day: '1' } }),
      ),
    );
    const found = await readAllPages<Payment>(system, '/v1/transactions?metadata[day]=1&limit=3');
    expect(found.map(({ id }) => id).toSorted()).toEqual(sold.map(({ id }) => id).toSorted());
    const times = found.map((payment) => payment.created_at);
    expect(times).toEqual([...times].sort().reverse());
    const first = (await list({ 'metadata[day]': '1', limit: '3' })).body;
    const cursor = first.next_cursor ?? '';
    expect((await list({ 'metadata[day]': '1', cursor })).body.data).toHaveLength(7);
    for (const filters of [
      { 'metadata[day]': '2' },
      { 'metadata[Day]': '1' },
      { 'metadata[day]': '1', currency: 'USD' },
    ] as Record<string, string>[]) {
      expectProblem(await list({ ...filters, cursor }), 400, 'cursor_invalid');
    }
    const key = system.credentials.second_partner_api_key;
    expectProblem(await list({ 'metadata[day]': '1', cursor }, key), 400, 'cursor_invalid');
  });
});
