import { randomUUID } from 'node:crypto';
import {
  createPayment,
  type Payment,
  postPayment,
  readAttempts,
  readEventTypes,
  readPayment,
} from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { behave, charges, paidCharges } from './support/sandbox.js';
import { accountAt, closedPort } from './support/stripe-accounts.js';
import { until } from './support/until.js';

const chain = ['created', 'attempt_failed', 'attempt_started'];

const isOver = ({ status }: Payment) => status !== 'processing';

/** The default account can't be reached, the one called `eu` is the sandbox. */
const unreachableFirst = {
  env: (sandboxUrl: string) => ({
    ...{ WORKER_POLL_MS: '100', PROVIDER_TIMEOUT_MS: '700' },
    ...{ STRIPE_API_URL: closedPort, ...accountAt(sandboxUrl, 'eu') },
  }),
  sandboxEnv: { STRIPE_WEBHOOK_URL: '' },
};

describe('a payment whose first provider can not be reached', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem(unreachableFirst);
  });
  afterAll(() => system?.stop());

  it('is taken by the next one, and shows both attempts', async () => {
    const answer = await postPayment(system, {}, { idempotencyKey: 'order-1' });
    const { id } = answer.body;
    expect(answer.body).toMatchObject({
      ...{ status: 'completed', provider_account: 'eu', retry_count: 1 },
      ...{ error_code: null, retry_advice: null },
    });
    expect(await readAttempts(system, id)).toMatchObject([
      {
        ...{ attempt_no: 1, provider: 'stripe', provider_account: 'default' },
        ...{ status: 'failed', certainty: 'never_sent', error_code: 'provider_unavailable' },
        ...{ retry_advice: 'other_provider', provider_transaction_id: null },
      },
      {
        ...{ attempt_no: 2, provider_account: 'eu', status: 'completed', certainty: 'confirmed' },
        ...{ provider_transaction_id: answer.body.provider_transaction_id },
      },
    ]);
    expect(await readEventTypes(system, id)).toEqual([...chain, 'payment_completed']);
    const ledger = await charges(system, id);
    expect(ledger.map((charge) => charge.idempotency_key)).toEqual([`${id}.2`]);
    expect(await readPayment(system, id)).toEqual(answer.body);
  });

  it('goes nowhere when it was sent there again meanwhile', async () => {
    const countedBefore = (count: number) =>
      queryOnce(
        system.database.admin,
        `ALTER TABLE transaction_attempts ALTER sends SET DEFAULT ${count}`,
      );
    await countedBefore(2);
    const payment = await createPayment(system);
    await countedBefore(1);
    expect(payment).toMatchObject({ status: 'processing', retry_count: 0, error_code: null });
    expect(await readEventTypes(system, payment.id)).toEqual(['created', 'outcome_unknown']);
    expect(await charges(system, payment.id)).toEqual([]);
  });

  it('fails when its partner named the provider', async () => {
    const payment = await createPayment(system, { provider: 'stripe' });
    expect(payment).toMatchObject({
      ...{ status: 'failed', provider_account: 'default', retry_count: 0 },
      ...{ error_code: 'provider_unavailable', retry_advice: 'other_provider' },
    });
    expect(await charges(system, payment.id)).toEqual([]);
  });

  it('goes no further than an unknown outcome, which the worker finds out', async () => {
    const token = 'pm_sandbox_timeout_then_success';
    const { id, status } = await createPayment(system, {
      ...{ payment_method: 'bank_transfer', payment_method_token: undefined },
      payment_method_tokens: { stripe: token },
    });
    expect(status).toBe('processing');
    const due = 'UPDATE transactions SET next_sync_at = clock_timestamp() WHERE id = $1';
    await queryOnce(system.database.admin, due, [id]);
    const settled = await until('the worker', () => readPayment(system, id), isOver);
    expect(settled).toMatchObject({ status: 'completed', retry_count: 1, provider_account: 'eu' });
    expect(await paidCharges(system, id)).toHaveLength(1);
    const told = [...chain, 'outcome_unknown', 'payment_completed'];
    expect(await readEventTypes(system, id)).toEqual(told);
  });

  it('and whose second declines goes on to a provider of another kind', async () => {
    const payment = await createPayment(system, {
      ...{ payment_method: 'bank_transfer', payment_method_token: undefined },
      payment_method_tokens: { stripe: 'pm_card_visa_chargeDeclined', adyen: 'shopper/1' },
    });
    expect(payment).toMatchObject({ status: 'processing', provider: 'manual', retry_count: 2 });
    expect(await readAttempts(system, payment.id)).toMatchObject([
      { provider_account: 'default', status: 'failed' },
      {
        ...{ provider_account: 'eu', status: 'declined', decline_code: 'card_declined' },
        ...{ provider_error_code: 'generic_decline', retry_advice: 'other_provider' },
      },
      { provider: 'manual', status: 'processing', finished_at: null },
    ]);
    const steps = ['attempt_failed', 'attempt_started'];
    expect(await readEventTypes(system, payment.id)).toEqual([...chain, ...steps]);
    expect(await paidCharges(system, payment.id)).toEqual([]);
  });

  it.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'other_provider'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds', 'after_customer_action'],
    ['pm_card_visa_chargeDeclinedLostCard', 'lost_or_stolen', 'never'],
  ])(
    'and whose last one declines %s fails with %s, and advises %s',
    async (token, code, advice) => {
      const payment = await createPayment(system, { payment_method_token: token });
      expect(payment).toMatchObject({
        ...{ status: 'failed', retry_count: 1, decline_code: code, retry_advice: advice },
      });
      expect(await readEventTypes(system, payment.id)).toEqual([...chain, 'payment_failed']);
      expect(await charges(system, payment.id)).toHaveLength(1);
    },
  );

  it('is cancelled by its partner before the worker sends it elsewhere', async () => {
    await system.kill('worker');
    const text = `UPDATE transaction_attempts SET sends = 0, certainty = 'never_sent'
      WHERE transaction_id = $1`;
    const { id } = await createPayment(system, {
      payment_method_token: 'pm_sandbox_refuse_connection',
    });
    await queryOnce(system.database.admin, `${text} AND attempt_no = 2`, [id]);
    const path = `/v1/transactions/${id}/cancel`;
    const answer = await call<Payment>(system, 'POST', path, { body: { reason: 'Too slow' } });
    expect([answer.status, answer.body.status]).toEqual([200, 'failed']);
    expect(answer.body.error_code).toBe('provider_not_asked');
    await system.start('worker');
    expect(await charges(system, id)).toEqual([]);
  });
});

describe('a payment whose first provider declines late', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({
      env: (sandboxUrl) => ({
        ...{ WORKER_POLL_MS: '100', PROVIDER_TIMEOUT_MS: '800' },
        ...{ DRAIN_TIMEOUT_MS: '900', IDEMPOTENCY_LEASE_MS: '1000' },
        ...accountAt(sandboxUrl, 'eu'),
      }),
      sandboxEnv: { STRIPE_WEBHOOK_URL: '' },
    });
  });
  afterAll(() => system?.stop());

  it('is left to the worker when the request has no time for another call', async () => {
    const path = '/v1/payment_intents';
    const script = { script: 'late_success', latency_ms: 400 };
    await behave(system, { ...script, path, method: 'POST', times: 1 });
    const key = { idempotencyKey: randomUUID() };
    const answer = await postPayment(system, { description: 'Two tickets' }, key);
    expect(answer.body).toMatchObject({ status: 'processing', retry_count: 1 });
    const { id } = answer.body;
    const settled = await until('the worker', () => readPayment(system, id), isOver);
    expect(settled).toMatchObject({ status: 'completed', provider_account: 'eu' });
    const ledger = await charges(system, id);
    const keys = new Set(ledger.map((charge) => charge.idempotency_key));
    expect(keys).toEqual(new Set([`${id}.1`, `${id}.2`]));
    expect(await readEventTypes(system, id)).toEqual([...chain, 'payment_completed']);
  });
});
