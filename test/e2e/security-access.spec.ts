import { randomUUID } from 'node:crypto';
import { createPayment, postPayment } from '../factories/payments.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { expectProblem, formOf } from './support/problems.js';

describe('access to the partner API', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ worker: 0 });
  });
  afterAll(() => system?.stop());

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
