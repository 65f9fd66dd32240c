import { randomUUID } from 'node:crypto';
import { createPayment, paymentBody, postPayment, postRefund } from '../factories/payments.js';
import type { Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import type { Answer } from '../support/http.js';
import { sizes } from '../support/sizes.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { expectProblem } from './support/problems.js';
import { charges, ledgerRefunds, paidCharges } from './support/sandbox.js';

describe('an idempotency key', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ api: 2, worker: 0 });
  });
  afterAll(() => system?.stop());

  function post(body: unknown, idempotencyKey: string, key?: string): Promise<Answer<Payment>> {
    return call<Payment>(system, 'POST', '/v1/transactions', { body, idempotencyKey, key });
  }

  it('gets the first answer again byte for byte, from every process', async () => {
    const [body, key] = [paymentBody(), randomUUID()];
    const first = await post(body, key);
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    for (const baseUrl of system.apiUrls) {
      const { credentials } = system;
      const options = { body, idempotencyKey: key };
      const again = await call({ baseUrl, credentials }, 'POST', '/v1/transactions', options);
      expect(again.status).toBe(201);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
      expect(again.text).toBe(first.text);
    }
    expect(await charges(system, first.body.id)).toHaveLength(1);
  });

  it('does not mind the order of fields, at any depth', async () => {
    const key = randomUUID();
    const body = paymentBody({ metadata: { a: '1', b: '2' } });
    const first = await post(body, key);
    const { metadata: _metadata, ...others } = body;
    const turned = Object.entries({ ...others, metadata: { b: '2', a: '1' } }).reverse();
    const again = await post(Object.fromEntries(turned), key);
    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
  });

  it.each([
    ['an amount', { amount: '10.51' }, ['amount']],
    ['the case of an email', { customer_email: 'PAYER@example.com' }, ['customer_email']],
    ['a value of metadata', { metadata: { cart: '2' } }, ['metadata']],
    ['a field more', { reference: 'r-1', description: 'd' }, ['description', 'reference']],
  ])('refuses another body: %s', async (_name, changes, mismatched) => {
    const key = randomUUID();
    const body = paymentBody({ customer_email: 'payer@example.com', metadata: { cart: '1' } });
    const first = await post(body, key);
    const other = await post({ ...body, ...changes }, key);
    const problem = expectProblem(other, 422, 'idempotency_key_reused');
    expect(problem.mismatched_fields).toEqual(mismatched);
    expect(other.text).not.toContain('payer@example.com');
    expect((await post(body, key)).text).toBe(first.text);
  });

  it('is a key of one partner: the same one of another partner is independent', async () => {
    const [body, key] = [paymentBody(), randomUUID()];
    const mine = await post(body, key);
    const theirs = await post(body, key, system.credentials.second_partner_api_key);
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.headers.get('idempotent-replayed')).toBeNull();
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it('is a key of one route: the same one refunds the payment that it made', async () => {
    const key = randomUUID();
    const { id } = await createPayment(system, {}, { idempotencyKey: key });
    const refunded = await postRefund(system, id, { amount: '1.00' }, { idempotencyKey: key });
    expect(refunded.status).toBe(201);
    expect(refunded.headers.get('idempotent-replayed')).toBeNull();
  });

  it('of many requests at once makes one payment', async () => {
    const [body, idempotencyKey] = [
      paymentBody({ payment_method_token: 'pm_sandbox_slow_300ms' }),
      randomUUID(),
    ];
    const answers = await Promise.all(
      Array.from({ length: sizes.concurrentRepeats }, (_, index) => {
        const baseUrl = system.apiUrls[index % system.apiUrls.length] ?? '';
        const target = { baseUrl, credentials: system.credentials };
        return call<Payment>(target, 'POST', '/v1/transactions', { body, idempotencyKey });
      }),
    );
    const made = answers.filter((answer) => answer.status === 201);
    const waiting = answers.filter((answer) => answer.status !== 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map((answer) => answer.text)).size).toBe(1);
    for (const answer of waiting) {
      expectProblem(answer, 409, 'idempotency_request_in_progress');
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect(waiting.length).toBeGreaterThan(0);
    expect(await paidCharges(system, made[0]?.body.id ?? '')).toHaveLength(1);
    expect((await post(body, idempotencyKey)).text).toBe(made[0]?.text);
  });

  it.each(['/v1/transactions', '/v1/transactions/{id}/refunds', '/v1/transactions/{id}/cancel'])(
    'is required by POST %s',
    async (path) => {
      const { id } = await createPayment(system);
      const body = path.endsWith('s') && !path.includes('id') ? paymentBody() : { reason: 'r' };
      const options = { body, idempotencyKey: null };
      const answer = await call(system, 'POST', path.replace('{id}', id), options);
      expectProblem(answer, 400, 'idempotency_key_required');
    },
  );

  it.each([
    ['empty', ''],
    ['256 characters long', 'k'.repeat(256)],
    ['not ASCII', 'ordre-é'],
    ['with a tab', 'a\tb'],
  ])('that is %s is refused', async (_name, idempotencyKey) => {
    const answer = await postPayment(system, {}, { idempotencyKey });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: expect.stringMatching(/^idempotency_key_(invalid|required)$/) as string,
    });
  });

  it('may be 255 characters long and contain any printable character', async () => {
    const idempotencyKey = '~!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|} '.padEnd(255, 'k');
    expect((await postPayment(system, {}, { idempotencyKey })).status).toBe(201);
  });

  it('gets a final refusal again, even when the reason is gone', async () => {
    const { id } = await createPayment(system, { confirm: false });
    const [key, body] = [randomUUID(), { reason: 'Too early' }];
    const first = await postRefund(system, id, body, { idempotencyKey: key });
    expectProblem(first, 422, 'transaction_not_refundable');
    await call(system, 'POST', `/v1/transactions/${id}/confirm`);
    const again = await postRefund(system, id, body, { idempotencyKey: key });
    expect(again.status).toBe(422);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await ledgerRefunds(system, id)).toEqual([]);
    expect((await postRefund(system, id, body)).status).toBe(201);
  });

  it('is not used up by a request that was refused as wrong', async () => {
    const key = randomUUID();
    const wrong = await post(paymentBody({ amount: '-1' }), key);
    expectProblem(wrong, 422, 'validation_failed');
    expect((await post(paymentBody(), key)).status).toBe(201);
  });

  it('whose answer is gone charges and pays back nothing more, and names the payment', async () => {
    const [key, body] = [randomUUID(), paymentBody({ amount: '10.00' })];
    const { id } = (await post(body, key)).body;
    const parts = { part: { amount: '3.00', reason: 'One' }, rest: { reason: 'All' } };
    for (const [idempotencyKey, refund] of Object.entries(parts)) {
      expect((await postRefund(system, id, refund, { idempotencyKey })).status).toBe(201);
    }
    await queryOnce(system.database.admin, 'TRUNCATE idempotency_keys');
    const late = [
      await post(body, key),
      await post(paymentBody({ amount: '11.00' }), key),
      await postRefund(system, id, parts.part, { idempotencyKey: 'part' }),
      await postRefund(system, id, parts.rest, { idempotencyKey: 'rest' }),
    ];
    for (const answer of late) {
      expect(expectProblem(answer, 422, 'idempotency_key_expired').transaction_id).toBe(id);
    }
    expect(await charges(system, id)).toHaveLength(1);
    expect(await ledgerRefunds(system, id)).toHaveLength(2);
    const other = await postRefund(system, id, parts.rest);
    expectProblem(other, 422, 'refund_exceeds_amount');
  });
});
