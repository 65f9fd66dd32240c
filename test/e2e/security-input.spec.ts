import { randomUUID } from 'node:crypto';
import { createPayment, paymentBody, postPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { expectProblem } from './support/problems.js';

const injection = `'; DROP TABLE transactions; -- " OR 1=1 \\ $1 %00`;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('what callers send', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ worker: 0 });
  });
  afterAll(() => system?.stop());

  async function countPayments(): Promise<number> {
    const text = 'SELECT count(*)::int AS count FROM transactions';
    const [row] = await queryOnce<{ count: number }>(system.database.admin, text);
    return row?.count ?? -1;
  }

  async function expectRefused(body: unknown, status: number, code: string) {
    const before = await countPayments();
    const answer = await call(system, 'POST', '/v1/transactions', { body });
    const problem = expectProblem(answer, status, code);
    expect(await countPayments()).toBe(before);
    return problem;
  }

  it.each([
    ...['0', '-1', 'NaN', 'Infinity', '1e309', '1e3', '0.001', '0.00', '100000.01', '+5', ' 5'],
    ...['5 ', '', '1,000.00', '0x10', '٣', '1'.repeat(40), 10.5, 0, -1, null, true, ['5'], {}],
  ])('as an amount of %p is refused and nothing is written', async (amount) => {
    const before = await countPayments();
    const answer = await postPayment(system, { amount });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: expect.stringMatching(/^(amount_invalid|validation_failed)$/) as string,
    });
    expect(await countPayments()).toBe(before);
  });

  it.each(['0.01', '100000.00', '5', '5.1'])('as an amount of %p is taken', async (amount) => {
    expect((await postPayment(system, { amount })).status).toBe(201);
  });

  it.each([
    ['JPY', '0.5'],
    ['JPY', '10.000'],
    ['USD', '11.500'],
    ['JPY', '15000001'],
    ['USD', '10.001'],
    ['THB', '3500000.01'],
  ])('in %s beyond its decimals or bounds, %s, is refused', async (currency, amount) => {
    await expectRefused(paymentBody({ currency, amount }), 422, 'amount_invalid');
  });

  it.each(['status', 'partner_id', 'id', 'amount_refunded', 'created_at', 'version', 'livemode'])(
    'can not assign %s',
    async (field) => {
      const body = { ...paymentBody(), [field]: randomUUID() };
      const problem = await expectRefused(body, 400, 'parameter_invalid');
      expect(problem.errors).toMatchObject([{ param: field, code: 'unknown_parameter' }]);
    },
  );

  it.each(['description', 'reference', 'customer_name', 'metadata'])(
    'is refused with a card number in %s, and the number appears nowhere',
    async (field) => {
      const text = 'card ４２４２ 4242-4242-4242';
      const body = { ...paymentBody(), [field]: field === 'metadata' ? { note: text } : text };
      await expectRefused(body, 422, 'card_data_not_allowed');
      expect(system.logs()).not.toMatch(/4242-4242/);
    },
  );

  it.each(['description', 'reference', 'customer_name', 'customer_phone', 'customer_user_agent'])(
    'as SQL in %s is kept as text',
    async (field) => {
      const text = field === 'customer_phone' ? injection.slice(0, 50) : injection;
      const payment = await createPayment(system, {
        [field]: text,
        metadata: { [text.slice(0, 40)]: text },
      });
      expect(JSON.stringify(payment)).toContain(JSON.stringify(text));
    },
  );

  it.each([
    ...['status', 'provider', 'payment_method', 'currency', 'customer_email', 'created_from'],
    ...['reference', 'cursor', 'limit', 'sort', 'order'],
  ])('as SQL in the filter %s is text or refused', async (name) => {
    const path = `/v1/transactions?${name}=${encodeURIComponent(injection)}`;
    const answer = await call(system, 'GET', path);
    expect([200, 400, 422]).toContain(answer.status);
    expect(answer.status === 200).toBe(name === 'reference');
    expect(answer.text).not.toMatch(/syntax|pg_/i);
    const { data = [] } = answer.body as { data?: { reference: string }[] };
    expect(data.filter((payment) => payment.reference !== injection)).toEqual([]);
    expect(await countPayments()).toBeGreaterThan(0);
  });

  it.each(["1' OR '1'='1", '1', 'null', '../partner', '%00', '00000000'])(
    'as the id %p is refused or not found',
    async (id) => {
      const path = `/v1/transactions/${encodeURIComponent(id)}`;
      expect([400, 404]).toContain((await call(system, 'GET', path)).status);
    },
  );

  it.each([
    ['__proto__', '{"__proto__":{"status":"completed"},'],
    ['__proto__ inside', '{"metadata":{"__proto__":"x"},'],
    ['constructor', '{"constructor":{"prototype":{}},'],
    ['NUL', '{"description":"a\\u0000b",'],
    ['NUL in a name', '{"metadata":{"a\\u0000b":"c"},'],
    ['half of a surrogate pair', '{"description":"\\ud83d",'],
    ['JSON that ends early', '{"description":'],
    ['a comma too many', '{,'],
    ['a name that is given twice', '{"amount":"1",'],
  ])('with %s is malformed', async (_name, start) => {
    const body = start + JSON.stringify(paymentBody()).slice(1);
    await expectRefused(body.endsWith('}') ? body : `${body}}`, 400, 'malformed_request');
  });

  it.each([
    ['an array', '[]'],
    ['a string', '"text"'],
    ['a number', '5'],
    ['null', 'null'],
    ['nothing', ''],
  ])('that is %s instead of an object is malformed', async (_name, body) => {
    const problem = await expectRefused(body, 400, 'malformed_request');
    expect(problem.detail).toMatch(/JSON object/);
  });

  it('nested 10,000 deep is malformed', async () => {
    const depth = 10_000;
    const body = `{"metadata":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;
    await expectRefused(body, 400, 'malformed_request');
  });

  it('with 10,000 keys of metadata is refused', async () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 'v']);
    const metadata = Object.fromEntries(keys) as Record<string, string>;
    await expectRefused(paymentBody({ metadata }), 422, 'validation_failed');
  });

  it.each([
    ['51 keys', Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v']))],
    ['a key of 41 characters', { ['k'.repeat(41)]: 'v' }],
    ['a value of 501 characters', { k: 'v'.repeat(501) }],
    ['a number', { k: 1 }],
    ['an object', { k: { l: 'm' } }],
    ['an array', ['v']],
  ])('with metadata of %s is refused', async (_name, metadata) => {
    await expectRefused(paymentBody({ metadata }), 422, 'validation_failed');
  });

  it('of 10 MB is too large', async () => {
    const body = paymentBody({ description: 'x'.repeat(10_000_000) });
    const answer = await call(system, 'POST', '/v1/transactions', { body }).catch(() => undefined);
    // The connection may be cut while the rest is still being sent.
    if (answer) expectProblem(answer, 413, 'payload_too_large');
    const small = paymentBody({ description: 'x'.repeat(300_000) });
    await expectRefused(small, 413, 'payload_too_large');
  });

  it.each([
    ...[
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
    ],
    ...['application/json; charset=latin1', 'application/json; charset=utf-8; a=b', 'text/json'],
  ])('as %s is an unsupported media type', async (type) => {
    const headers = { 'content-type': type };
    expectProblem(await postPayment(system, {}, { headers }), 415, 'unsupported_media_type');
  });

  it('is taken in UTF-8 and as it is, not compressed, whatever way that is said', async () => {
    const compressed = { 'content-encoding': 'gzip' };
    const refused = await postPayment(system, {}, { headers: compressed });
    expectProblem(refused, 415, 'unsupported_media_type');
    const plain = {
      'content-type': 'application/json;charset="UTF-8"',
      'content-encoding': 'identity',
    };
    expect((await postPayment(system, {}, { headers: plain })).status).toBe(201);
  });

  it.each([
    ['GET', '/v1/nothing'],
    ['GET', '/nothing'],
    ['DELETE', '/v1/transactions'],
    ['PUT', `/v1/transactions/${randomUUID()}`],
    ['POST', '/v1/currencies'],
  ])('to %s %s finds no route', async (method, path) => {
    expectProblem(await call(system, method, path), 404, 'route_not_found');
  });

  it.each([
    [
      '/v1/transactions?cursor=%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9',
      400,
    ],
    [`/v1/events?after=${encodeURIComponent('é'.repeat(22))}`, 400],
    ['/v1/transactions?reference=%00', 400],
    ['/v1/audit-logs?action=a%00b', 400],
    ['/v1/transactions?created_from=2026-W10-1T00:00:00Z', 422],
    ['/v1/transactions?created_from=2026-01-01T00Z', 422],
    ['/v1/transactions?created_to=2026-01-01T00:00:00%2B23:59', 422],
    ['/v1/transactions?reference=4242-4242-4242-4242', 422],
    ['/docs/%00', 400],
  ])('in the address %s is refused', async (path, status) => {
    expect((await call(system, 'GET', path)).status).toBe(status);
  });

  it('as an address with a zone, or a card number for a key, is refused', async () => {
    await expectRefused(
      { ...paymentBody(), customer_ip_address: 'fe80::1%eth0' },
      422,
      'validation_failed',
    );
    const key = { idempotencyKey: '4242424242424242' };
    expectProblem(await postPayment(system, {}, key), 422, 'card_data_not_allowed');
  });

  it('as X-Request-Id is echoed when it is a UUID, else replaced', async () => {
    const given = randomUUID();
    const headers = (id: string) => ({ headers: { 'x-request-id': id } });
    const taken = await postPayment(system, {}, headers(given.toUpperCase()));
    expect(taken.headers.get('x-request-id')).toBe(given);
    expect(taken.body.request_id).toBe(given);
    for (const id of ['x', 'a'.repeat(10_000), `${given}%0d%0aset-cookie: a=b`, `${given} `]) {
      const { headers: answered } = await call(system, 'GET', '/v1/partner', headers(id));
      const echoed = answered.get('x-request-id') ?? '';
      expect(echoed).toMatch(uuid);
      expect(echoed === given).toBe(id.trim() === given);
      expect(answered.get('set-cookie')).toBeNull();
    }
  });
});
