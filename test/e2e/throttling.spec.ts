import { randomUUID } from 'node:crypto';
import { paymentBody } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { type Answer, call, type CallOptions } from '../support/http.js';
import { rawCall } from '../support/raw-http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { asOperator, makePartner } from './support/operations.js';
import { expectProblem } from './support/problems.js';

const limit = 100;
const beyond = 20;
const operatorLimit = 30;
const attempts = 60;
const length = 'Content-Length: 200000';

function leftOf({ headers }: Answer<unknown>): number {
  return Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]);
}

/** All of a request but its body, which never comes. */
function headOf(path: string, ...headers: string[]): string {
  const lines = ['Host: a.example', 'Content-Type: application/json'];
  return `POST ${path} HTTP/1.1\r\n${[...lines, ...headers].join('\r\n')}\r\n\r\n`;
}

describe('the limit of a partner', () => {
  let system: TestSystem;

  beforeAll(async () => {
    const env = { OPERATOR_RATE_LIMIT_PER_MINUTE: String(operatorLimit) };
    system = await startSystem({ worker: 0, env });
  });
  afterAll(() => system?.stop());

  function read(key?: string) {
    return call(system, 'GET', '/v1/currencies', { key });
  }

  it('is told with every answer', async () => {
    const first = await read();
    expect(first.headers.get('ratelimit-policy')).toBe('"partner";q=60000;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"partner";r=\d+;t=\d+$/);
    expect(leftOf(await read())).toBe(leftOf(first) - 1);
  });

  it.each<[number, string, string, CallOptions]>([
    [400, 'GET', '/v1/transactions?limit=x%00', {}],
    [400, 'GET', '/v1/partner/%E0%A4%A', {}],
    [400, 'GET', `/v1/refunds/${'a'.repeat(300)}`, {}],
    [400, 'POST', '/v1/transactions', { body: '{' }],
    [400, 'POST', '/v1/transactions', { body: {}, idempotencyKey: null }],
    [404, 'GET', `/v1/transactions/${randomUUID()}`, {}],
    [404, 'GET', '/v1/nothing', {}],
    [413, 'POST', '/v1/transactions', { body: { description: 'x'.repeat(300_000) } }],
    [415, 'POST', '/v1/transactions', { body: 'a', headers: { 'content-type': 'text/plain' } }],
    [422, 'POST', '/v1/transactions', { body: paymentBody({ amount: '0' }) }],
  ])('is told with a %i to %s %s, which counts', async (status, method, path, options) => {
    const before = leftOf(await read());
    const answer = await call(system, method, path, options);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('ratelimit-policy')).toBe('"partner";q=60000;w=60');
    expect(leftOf(answer)).toBe(before - 1);
  });

  it('is told with a 400 to a request without a host, which counts', async () => {
    const before = leftOf(await read());
    const key = `Authorization: Bearer ${system.credentials.partner_api_key}`;
    const answer = await rawCall(system.baseUrl, `GET /v1/partner HTTP/1.1\r\n${key}\r\n\r\n`);
    expectProblem(answer, 400, 'malformed_request');
    expect(leftOf(answer)).toBe(before - 1);
  });

  it('is told to a key that may not do what it asks for', async () => {
    const { api_key: key, api_key_prefix: prefix } = await makePartner(system);
    const text = `UPDATE partner_api_keys SET scopes = '{read}' WHERE prefix = $1`;
    await queryOnce(system.database.admin, text, [prefix]);
    const answer = await call(system, 'POST', '/v1/transactions', { key, body: paymentBody() });
    expectProblem(answer, 403, 'forbidden');
    expect(answer.headers.get('ratelimit')).toMatch(/^"partner";r=99;t=\d+$/);
  });

  it('is the new one with the next request after operations changed it', async () => {
    const { id, api_key: key } = await makePartner(system);
    expect((await read(key)).headers.get('ratelimit-policy')).toBe('"partner";q=100;w=60');
    for (const changed of [250, 2]) {
      const body = { rate_limit_per_minute: changed };
      expect((await asOperator(system, 'PATCH', `/partners/${id}`, { body })).status).toBe(200);
      const next = await read(key);
      expect(next.headers.get('ratelimit-policy')).toBe(`"partner";q=${changed};w=60`);
      expect(next.status).toBe(changed === 2 ? 429 : 200);
    }
  });

  it('lets a burst through up to the limit, and slows nobody else', async () => {
    const key = system.credentials.limited_partner_api_key;
    const burst = Array.from({ length: limit + beyond }, () => read(key));
    const others = Array.from({ length: beyond }, () => read());
    const [answers, theirs] = await Promise.all([Promise.all(burst), Promise.all(others)]);
    const refused = answers.filter((answer) => answer.status !== 200);
    expect(refused).toHaveLength(beyond);
    for (const answer of refused) {
      expect(expectProblem(answer, 429, 'rate_limit_exceeded').retryable).toBe(true);
      const seconds = Number(answer.headers.get('retry-after'));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(answer.headers.get('ratelimit-policy')).toBe(`"partner";q=${limit};w=60`);
      expect(answer.headers.get('ratelimit')).toBe(`"partner";r=0;t=${seconds}`);
    }
    expect(theirs.map((answer) => answer.status)).toEqual(Array(beyond).fill(200));
  });

  it('once reached keeps a payment from being recorded', async () => {
    const key = system.credentials.limited_partner_api_key;
    const options = { key, body: paymentBody({ reference: 'beyond' }) };
    const answer = await call(system, 'POST', '/v1/transactions', options);
    expectProblem(answer, 429, 'rate_limit_exceeded');
    const text = `SELECT id FROM transactions WHERE reference = 'beyond'`;
    expect(await queryOnce(system.database.admin, text)).toEqual([]);
    const control = await call(system, 'POST', '/v1/transactions', { body: options.body });
    expect(control.status).toBe(201);
  });

  it('once reached is told before the body has come', async () => {
    const key = `Authorization: Bearer ${system.credentials.limited_partner_api_key}`;
    const answer = await rawCall(system.baseUrl, headOf('/v1/transactions', key, length));
    expectProblem(answer, 429, 'rate_limit_exceeded');
  });

  it('of an operator is told and enforced too', async () => {
    const reads = Array.from({ length: operatorLimit + 1 }, () =>
      asOperator(system, 'GET', '/partners'),
    );
    const answers = await Promise.all(reads);
    const refused = answers.filter((answer) => answer.status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expectProblem(answer, 429, 'rate_limit_exceeded');
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(answer.headers.get('ratelimit-policy')).toBe(`"operator";q=${operatorLimit};w=60`);
    }
    expect((await read()).status).toBe(200);
  });

  it.each(['/v1/transactions', '/v1/nothing', '/admin/v1/partners'])(
    'of unknown callers at %s is told before the body has come',
    async (path) => {
      for (const [wrong, closes] of [
        [[length], false],
        [[length, 'Authorization: Bearer nonsense'], false],
        [['Content-Length: 300000'], true],
        [['Transfer-Encoding: chunked'], true],
      ] as const) {
        const answer = await rawCall(system.baseUrl, headOf(path, ...wrong));
        expectProblem(answer, 401, 'unauthorized');
        expect(answer.headers.get('connection') === 'close').toBe(closes);
        expect(answer.headers.get('ratelimit-policy')).toBe(`"attempts";q=${attempts};w=60`);
      }
    },
  );

  it('of unknown callers counts by address, and partners of that address go on', async () => {
    const answers = await Promise.all(
      Array.from({ length: attempts }, (_, index) =>
        call(system, 'GET', '/v1/currencies', {
          key: 'nonsense',
          headers: { 'x-forwarded-for': `203.0.113.${index}` },
        }),
      ),
    );
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 401).length).toBeLessThan(attempts);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    const last = await rawCall(system.baseUrl, headOf('/v1/transactions', length));
    expectProblem(last, 429, 'rate_limit_exceeded');
    expect(last.headers.get('retry-after')).toMatch(/^\d+$/);
    const malformed = await call(system, 'GET', '/v1/partner/%E0%A4%A', { key: 'nonsense' });
    expectProblem(malformed, 429, 'rate_limit_exceeded');
    expect(malformed.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await read()).status).toBe(200);
  });

  it('is shared out among processes that have no Redis, and a trusted proxy names the address', async () => {
    await system.restartApi({ API_PROCESSES: '4', TRUSTED_PROXIES: '127.0.0.1' });
    expect(system.logs()).toContain('without REDIS_URL this process lets through 1/4');
    const key = system.credentials.limited_partner_api_key;
    const answers = await Promise.all(Array.from({ length: limit / 2 }, () => read(key)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(limit / 4);
    const unknown = Array.from({ length: attempts + 1 }, (_, index) =>
      call(system, 'GET', '/v1/partner', {
        key: null,
        headers: { 'x-forwarded-for': `2001:db8:${index}::1` },
      }),
    );
    for (const answer of await Promise.all(unknown)) expectProblem(answer, 401, 'unauthorized');
  });
});
