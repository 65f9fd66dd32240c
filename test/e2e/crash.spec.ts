import { randomUUID } from 'node:crypto';
import { paymentBody, postRefund, createPayment } from '../factories/payments.js';
import type { Payment, Refund } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import type { Answer } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { expectProblem } from './support/problems.js';
import { behave, charges, ledgerRefunds, paidCharges } from './support/sandbox.js';
import { until } from './support/until.js';

const env = {
  WORKER_POLL_MS: '100',
  PROVIDER_TIMEOUT_MS: '2000',
  DRAIN_TIMEOUT_MS: '2200',
  IDEMPOTENCY_LEASE_MS: '2500',
};

describe('an API that is killed in the middle of a payment', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ env, api: 2 });
    await system.kill('worker');
  });
  afterAll(() => system?.stop());

  function pay(
    body: unknown,
    idempotencyKey: string,
    baseUrl = system.baseUrl,
  ): Promise<Answer<Payment>> {
    const target = { baseUrl, credentials: system.credentials };
    return call<Payment>(target, 'POST', '/v1/transactions', { body, idempotencyKey });
  }

  /** The same request again, to the API that lives on. */
  function retry(body: unknown, key: string): Promise<Answer<Payment>> {
    return pay(body, key, system.apiUrls[1]);
  }

  /** Sends the payment and answers its id as soon as the intent is committed. */
  async function begin(body: unknown, key: string) {
    const broken = pay(body, key).then(
      () => false,
      () => true,
    );
    const text = 'SELECT id FROM transactions WHERE idempotency_key = $1';
    const ask = () => queryOnce<{ id: string }>(system.database.admin, text, [key]);
    const [row] = await until('the intent', ask, (rows) => rows.length > 0);
    return { id: row?.id ?? '', broken };
  }

  async function retryUntilAnswered(body: unknown, key: string): Promise<Answer<Payment>> {
    return until(
      'the lease to end',
      () => retry(body, key),
      ({ status }) => status !== 409,
    );
  }

  it('before the provider did anything leaves a payment that the retry completes', async () => {
    const key = randomUUID();
    const body = paymentBody({ payment_method_token: 'pm_sandbox_slow_1500ms' });
    const { id, broken } = await begin(body, key);
    // Both go, so that what was sent was never done.
    await Promise.all([system.kill('api'), system.kill('sandbox')]);
    expect(await broken).toBe(true);
    await system.start('sandbox');
    expect(await charges(system, id)).toEqual([]);
    const [answer] = await Promise.all([retryUntilAnswered(body, key), system.start('api')]);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ id, status: 'completed' });
    expect(await charges(system, id)).toEqual([
      expect.objectContaining({ idempotency_key: `${id}.1`, status: 'succeeded' }),
    ]);
  });

  it('after the provider took the money leaves a payment that the retry finds', async () => {
    const key = randomUUID();
    const body = paymentBody({ payment_method_token: 'pm_sandbox_timeout_then_success' });
    const { id, broken } = await begin(body, key);
    await until(
      'the charge',
      () => paidCharges(system, id),
      (paid) => paid.length > 0,
    );
    await system.kill('api');
    expect(await broken).toBe(true);
    expectProblem(await retry(body, key), 409, 'idempotency_request_in_progress');
    const [answer] = await Promise.all([retryUntilAnswered(body, key), system.start('api')]);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ id, status: 'completed' });
    const replay = await retry(body, key);
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
    expect(replay.text).toBe(answer.text);
    expect(await charges(system, id)).toHaveLength(1);
  });

  it('leaves a payment and a refund that the worker completes when nobody retries', async () => {
    const paid = await createPayment(system);
    const { id } = await begin(
      paymentBody({ payment_method_token: 'pm_sandbox_timeout_then_success' }),
      randomUUID(),
    );
    await behave(system, { script: 'timeout_then_success', path: '/v1/refunds' });
    const refunding = postRefund(system, paid.id, { amount: '4.00' }).catch(() => 'broken');
    await until(
      'the charge',
      () => paidCharges(system, id),
      (found) => found.length > 0,
    );
    const refunded = () => ledgerRefunds(system, paid.id);
    await until('the refund', refunded, (found) => found.length > 0);
    await system.kill('api');
    expect(await refunding).toBe('broken');
    await Promise.all([system.start('api'), system.start('worker')]);
    const statusOf = async () => {
      const payment = await call<Payment>(system, 'GET', `/v1/transactions/${id}`);
      const path = `/v1/transactions/${paid.id}/refunds`;
      const refunds = await call<{ data: Refund[] }>(system, 'GET', path);
      return [payment.body.status, ...refunds.body.data.map((refund) => refund.status)];
    };
    const isDone = (statuses: string[]) => !statuses.includes('processing');
    expect(await until('the worker', statusOf, isDone)).toEqual(['completed', 'completed']);
    expect(await charges(system, id)).toHaveLength(1);
    expect(await refunded()).toEqual([expect.objectContaining({ amount: 400 })]);
  });
});
