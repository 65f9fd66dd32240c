import { randomUUID } from 'node:crypto';
import { createPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { readCalls } from './support/documented-calls.js';
import { makePartner } from './support/operations.js';
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

  it('ignores an address that a caller claims in X-Forwarded-For', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.99', forwarded: 'for=203.0.113.99' };
    const payment = await createPayment(system, {}, { headers });
    expect(payment).toMatchObject({ ip_address: '127.0.0.1' });
  });
});
