import { randomUUID } from 'node:crypto';
import { createPayment, postRefund } from '../factories/payments.js';
import type { List } from '../factories/payments.js';
import { call } from '../support/http.js';
import type { Answer } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { expectProblem } from './support/problems.js';
import type { Problem } from './support/problems.js';

const lists = ['transactions', 'refunds', 'events', 'audit-logs'];

describe('access to the partner API', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ worker: 0 });
  });
  afterAll(() => system?.stop());

  /** A problem without what differs from call to call. */
  function formOf(answer: Answer<unknown>) {
    const { request_id: _requestId, ...form } = answer.body as Problem;
    return { httpStatus: answer.status, contentType: answer.headers.get('content-type'), form };
  }

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

  it('to the operations API is no partner’s', async () => {
    expectProblem(await call(system, 'GET', '/admin/v1/partners'), 401, 'unauthorized');
    const key = system.credentials.admin_api_key;
    expect((await call(system, 'GET', '/admin/v1/partners', { key })).status).toBe(200);
  });

  it('to what is another partner’s is the same 404 as to nothing, on every endpoint', async () => {
    const payment = await createPayment(system, { reference: 'mine' });
    const pending = await createPayment(system, { confirm: false });
    const unwanted = await createPayment(system, { confirm: false });
    const refund = await postRefund(system, payment.id, { amount: '1.00' });
    const key = system.credentials.second_partner_api_key;
    const body = { reason: 'Not yours' };
    for (const [method, path, id, sent] of [
      ['GET', 'transactions/{id}', payment.id, undefined],
      ['GET', 'transactions/{id}/events', payment.id, undefined],
      ['GET', 'transactions/{id}/refunds', payment.id, undefined],
      ['GET', 'refunds/{id}', refund.body.id, undefined],
      ['POST', 'transactions/{id}/refunds', payment.id, body],
      ['POST', 'transactions/{id}/confirm', pending.id, undefined],
      ['POST', 'transactions/{id}/cancel', unwanted.id, body],
    ] as const) {
      const at = (target: string) => `/v1/${path.replace('{id}', target)}`;
      const foreign = await call(system, method, at(id), { key, body: sent });
      const absent = await call(system, method, at(randomUUID()), { key, body: sent });
      expect(foreign.status).toBe(404);
      expect(formOf(foreign)).toEqual(formOf(absent));
      expect(foreign.text).not.toContain(id);
      const own = await call(system, method, at(id), { body: sent });
      expect(own.status).toBe(method === 'POST' && path.endsWith('refunds') ? 201 : 200);
    }
  });

  it.each(lists)('lists of /v1/%s hold own rows alone', async (path) => {
    const { id } = await createPayment(system);
    await postRefund(system, id, { amount: '1.00' });
    const key = system.credentials.second_partner_api_key;
    const target = `/v1/${path}?limit=100`;
    const theirs = await call<List<unknown>>(system, 'GET', target, { key });
    expect(theirs.status).toBe(200);
    expect(theirs.text).not.toContain(id);
    const own = await call<List<unknown>>(system, 'GET', target);
    expect(own.body.data.length).toBeGreaterThan(0);
  });

  it('ignores an address that a caller claims in X-Forwarded-For', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.99', forwarded: 'for=203.0.113.99' };
    const payment = await createPayment(system, {}, { headers });
    expect(payment).toMatchObject({ ip_address: '127.0.0.1' });
  });
});
