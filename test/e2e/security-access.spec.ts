import { randomUUID } from 'node:crypto';
import { createPayment, paymentBody, postPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { exchange, rawCall } from '../support/raw-http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { readCalls } from './support/documented-calls.js';
import { makePartner } from './support/operations.js';
import { until } from './support/until.js';
import { expectProblem, formOf } from './support/problems.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
let system: TestSystem;

beforeAll(async () => {
  system = await startSystem({ worker: 0, env: { REQUEST_TIMEOUT_MS: '2000' } });
});
afterAll(() => system?.stop());

describe('access to the partner API', () => {
  it('is refused in one and the same form, whatever is wrong with the key', async () => {
    const right = system.credentials.partner_api_key;
    const other = right.at(-1) === 'A' ? 'B' : 'A';
    const unknown = `aaaaaaaa_${right.slice(9)}`;
    const keys = [
      ...[null, 'nonsense', right.slice(0, -1), right.slice(0, -1) + other, unknown],
      ...[right.slice(0, 8), `${right}x`, system.credentials.admin_api_key, "' OR 1=1 --"],
    ];
    const answers = [];
    for (const key of keys) answers.push(await call(system, 'GET', '/v1/partner', { key }));
    for (const scheme of ['Basic', 'Token', '']) {
      const headers = { authorization: `${scheme} ${right}` };
      answers.push(await call(system, 'GET', '/v1/partner', { headers }));
    }
    for (const answer of answers) {
      expectProblem(answer, 401, 'unauthorized');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    expect(new Set(answers.map((answer) => JSON.stringify(formOf(answer)))).size).toBe(1);
    expect((await call(system, 'GET', '/v1/partner')).status).toBe(200);
  });

  it.each([
    ...['transactions', 'transactions/{id}', 'transactions/{id}/events', 'refunds', 'events'],
    ...['transactions/{id}/refunds', 'refunds/{id}', 'payment-methods', 'currencies'],
    ...['partner', 'audit-logs'],
  ])('to GET /v1/%s needs a key', async (path) => {
    const target = `/v1/${path.replace('{id}', randomUUID())}`;
    expectProblem(await call(system, 'GET', target, { key: null }), 401, 'unauthorized');
  });

  it.each(['transactions', 'transactions/{id}/confirm', 'transactions/{id}/refunds'])(
    'to POST /v1/%s needs a key before anything else is looked at',
    async (path) => {
      const target = `/v1/${path.replace('{id}', randomUUID())}`;
      const options = { key: null, body: { nonsense: true }, idempotencyKey: null };
      expectProblem(await call(system, 'POST', target, options), 401, 'unauthorized');
    },
  );

  it.each([
    ['a partner', '/docs/openapi.json'],
    ['an operator', '/admin/docs/openapi.json'],
  ])('with a key of %s that may only read ends where something would change', async (who, url) => {
    const isOperator = who === 'an operator';
    const key = isOperator ? system.credentials.admin_api_key : (await makePartner(system)).api_key;
    const scopes = (list: string) =>
      queryOnce(
        system.database.admin,
        isOperator
          ? 'UPDATE operator_keys SET scopes = $1 WHERE prefix = $2'
          : 'UPDATE partner_api_keys SET scopes = $1 WHERE prefix = $2',
        [list, key.slice(0, 8)],
      );
    const calls = await readCalls(system, url);
    await scopes('{read}');
    for (const { operationId, method, path, body } of calls) {
      const address = path.replace('{id}', randomUUID());
      const answer = await call(system, method, address, { key, body: body && {} });
      const isForbidden = answer.status === 403;
      expect({ operationId, isForbidden }).toEqual({ operationId, isForbidden: method !== 'GET' });
    }
    await scopes('{read,write}');
    expect(new Set(calls.map(({ method }) => method))).toContain('PATCH');
  });

  it('is no way to keep the process busy with 100 kB of anything', async () => {
    const bombs = ['a@'.repeat(50_000), '1 '.repeat(50_000), `${'0'.repeat(100_000)}x`];
    const names = ['amount', 'currency', 'payment_method', 'payment_method_token', 'provider'];
    const more = ['customer_email', 'customer_name', 'customer_phone', 'customer_ip_address'];
    const rest = ['customer_user_agent', 'reference', 'description', 'return_url', 'metadata'];
    for (const name of [...names, ...more, ...rest]) {
      for (const bomb of bombs) {
        const body = paymentBody({ [name]: name === 'metadata' ? { [bomb]: bomb } : bomb });
        const answer = await call(system, 'POST', '/v1/transactions', { body });
        expectProblem(answer, 422, 'validation_failed');
      }
    }
  });

  it('ignores an address that a caller claims in X-Forwarded-For', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.99', forwarded: 'for=203.0.113.99' };
    const payment = await createPayment(system, {}, { headers });
    expect(payment).toMatchObject({ ip_address: '127.0.0.1' });
  });

  it('that is refused gets an error that links to a page about it', async () => {
    const answers = [
      await postPayment(system, { amount: '0' }),
      await call(system, 'GET', '/v1/nothing'),
      await call(system, 'GET', '/v1/partner', { key: null }),
    ];
    for (const answer of answers) {
      const { type, code } = answer.body as unknown as { type: string; code: string };
      const page = await fetch(new URL(type, system.baseUrl));
      expect(page.status).toBe(200);
      expect(await page.text()).toContain(code);
    }
    const index = await fetch(new URL('/docs/errors', system.baseUrl));
    expect(await index.text()).toContain('href="/docs/errors/amount_invalid"');
    const absent = await fetch(new URL('/docs/errors/no_such_code', system.baseUrl));
    expect(absent.status).toBe(404);
  });
});

describe('a request that HTTP does not know', () => {
  const get = 'GET /v1/partner HTTP/1.1\r\n';
  const host = 'Host: payments.example\r\n';
  const post = `POST /v1/transactions HTTP/1.1\r\n${host}Content-Type: application/json\r\n`;

  it.each([
    ['with an address that is no UTF-8', `GET /v1/partner/%E0%A4%A HTTP/1.1\r\n${host}`],
    ['with an id of 300 characters', `GET /v1/refunds/${'a'.repeat(300)} HTTP/1.1\r\n${host}`],
    ['with a method that nobody knows', `FROBNICATE /v1/partner HTTP/1.1\r\n${host}`],
    ['without a host', get],
    ['with two hosts', `${get}${host}Host: other.example\r\n`],
    ['with two keys', `${get}${host}Authorization: Bearer a\r\nauthorization: Bearer b\r\n`],
    ['with two types', `${post}Content-Type: text/plain\r\nContent-Length: 0\r\n`],
    ['with two idempotency keys', `${post}Idempotency-Key: a\r\nIdempotency-Key: a\r\n`],
    ['of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n'],
    ['with both lengths', `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n`],
    [
      'with both lengths, the other way round',
      `${post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`,
    ],
    ['with two lengths', `${post}Content-Length: 4\r\nContent-Length: 5\r\n`],
    ['with a length that is no number', `${post}Content-Length: +4\r\n`],
    ['with an encoding in disguise', `${post}Transfer-Encoding: chunked, identity\r\n`],
    ['with a space before a colon', `${get}${host}Authorization : Bearer x\r\n`],
    ['with a header over two lines', `${get}${host}X-Long: a\r\n b\r\n: c\r\n`],
    ['with a lone carriage return', `${get}${host}X-Split: a\rSet-Cookie: b\r\n`],
    ['with a NUL in a header', `${get}${host}X-Request-Id: a\0b\r\n`],
  ])('%s is malformed', async (_name, head) => {
    const answer = await rawCall(system.baseUrl, `${head}\r\n`);
    expectProblem(answer, 400, 'malformed_request');
    expectAnswerHeaders(answer.headers);
  });

  it('with headers of 20 kB is told so, and 10 kB of request id are replaced', async () => {
    const head = (size: number) => `${get}${host}X-Request-Id: ${'a'.repeat(size)}\r\n\r\n`;
    const answer = await rawCall(system.baseUrl, head(20_000));
    expectProblem(answer, 431, 'headers_too_large');
    expectAnswerHeaders(answer.headers);
    const control = await rawCall(system.baseUrl, head(10_000));
    expectProblem(control, 401, 'unauthorized');
    expectAnswerHeaders(control.headers);
  });

  it.each([
    ['a method that no route has', `PROPFIND /v1/partner HTTP/1.1\r\n${host}`],
    ['an expectation that nobody knows', `${get}${host}Expect: 103-something\r\n`],
    ['an upgrade', `${get}${host}Connection: Upgrade\r\nUpgrade: websocket\r\n`],
  ])('of our protocol, %s, needs a key like every other', async (_name, head) => {
    const answer = await rawCall(system.baseUrl, `${head}\r\n`);
    expectProblem(answer, 401, 'unauthorized');
    expectAnswerHeaders(answer.headers);
  });

  it('right behind a payment ends the connection, and is no answer to the payment', async () => {
    const idempotencyKey = randomUUID();
    const payment = paymentBody();
    const body = JSON.stringify(payment);
    const lines = [
      `Authorization: Bearer ${system.credentials.partner_api_key}`,
      `Idempotency-Key: ${idempotencyKey}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    const request = `${post}${lines.join('\r\n')}\r\n\r\n${body}`;
    expect(await exchange(system.baseUrl, `${request}NONSENSE\r\n\r\n`)).not.toContain(' 400 ');
    const repeat = () => postPayment(system, payment, { idempotencyKey });
    await until('the payment to be made', repeat, ({ status }) => status === 201);
  });

  it('that never ends is cut, in its headers and in its body, and others are served', async () => {
    const key = `Authorization: Bearer ${system.credentials.partner_api_key}\r\n`;
    const slow = [
      `${get}${host}X-Never: `,
      `${post}${key}Idempotency-Key: slow\r\nContent-Length: 100\r\n\r\n{`,
      `${post}${key}Idempotency-Key: slow\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
    ].map((text) => rawCall(system.baseUrl, text));
    expect((await call(system, 'GET', '/v1/partner')).status).toBe(200);
    for (const answer of await Promise.all(slow)) {
      expect(expectProblem(answer, 408, 'request_timeout').retryable).toBe(true);
      expectAnswerHeaders(answer.headers);
    }
  });
});

function expectAnswerHeaders(headers: Headers): void {
  expect(headers.get('x-request-id')).toMatch(uuid);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cache-control')).toBe('no-store');
}
