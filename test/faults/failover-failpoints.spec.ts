import { randomUUID } from 'node:crypto';
import type { Failpoint } from '../../apps/api/src/failpoints.js';
import { charges, decideAsPayer, paidCharges } from '../e2e/support/sandbox.js';
import { accountAt, closedPort } from '../e2e/support/stripe-accounts.js';
import { until } from '../e2e/support/until.js';
import {
  createPayment,
  type Payment,
  paymentBody,
  readAttempts,
  readEventTypes,
  readPayment,
} from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { arm, deathOf, retry, revive, sendToDeath } from './support/victim.js';

const victim = 'api';

const ofFailover: Extract<Failpoint, `failover.${string}`>[] = [
  'failover.after_open',
  'failover.after_begin',
  'failover.after_provider',
  'failover.after_outcome',
];
const ofReturn: Extract<Failpoint, `return.${string}`>[] = [
  'return.after_provider',
  'return.after_outcome',
];

/** The default account can't be reached. A lease leaves time for two calls. */
const unreachableFirst = (sandboxUrl: string) => ({
  ...{ WORKER_POLL_MS: '50', PROVIDER_TIMEOUT_MS: '800' },
  ...{ DRAIN_TIMEOUT_MS: '900', IDEMPOTENCY_LEASE_MS: '2500' },
  ...{ STRIPE_API_URL: closedPort, ...accountAt(sandboxUrl, 'eu') },
});
const told = ['created', 'attempt_failed', 'attempt_started', 'payment_completed'];

async function expectOneCharge(system: TestSystem, id: string): Promise<void> {
  const ledger = await charges(system, id);
  expect(ledger.map((charge) => charge.idempotency_key)).toEqual([`${id}.2`]);
  const attempts = (await readAttempts(system, id)).map(({ status }) => status);
  expect(attempts).toEqual(['failed', 'completed']);
  expect(await readEventTypes(system, id)).toEqual(told);
}

describe('an API that dies on the way to another provider, at', () => {
  let system: TestSystem;

  beforeAll(async () => {
    const sandboxEnv = { STRIPE_WEBHOOK_URL: '' };
    system = await startSystem({ env: unreachableFirst, api: 2, worker: 0, sandboxEnv });
  });
  afterAll(() => system?.stop());

  const survivor = () => ({ baseUrl: system.apiUrls[1] ?? '', credentials: system.credentials });

  it.each(ofFailover)('%s is followed by one that charges once', async (failpoint) => {
    const options = { body: paymentBody(), idempotencyKey: randomUUID() };
    const path = '/v1/transactions';
    await arm(system, victim, failpoint);
    await sendToDeath(system, victim, () => call(system, 'POST', path, options));
    const answer = await retry(() => call<Payment>(survivor(), 'POST', path, options));
    expect([answer.status, answer.body.status, answer.body.retry_count]).toEqual([
      ...[201, 'completed', 1],
    ]);
    const again = await call<Payment>(survivor(), 'POST', path, options);
    expect(again.text).toBe(answer.text);
    await revive(system, victim);
    await expectOneCharge(system, answer.body.id);
  });
});

describe('an API that dies on the way to another provider, and nobody asks again, at', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ env: unreachableFirst, sandboxEnv: { STRIPE_WEBHOOK_URL: '' } });
  });
  afterAll(() => system?.stop());

  async function expectCompleted(reference: string): Promise<void> {
    const text = 'SELECT id FROM transactions WHERE reference = $1';
    const [row] = await queryOnce<{ id: string }>(system.database.admin, text, [reference]);
    const id = row?.id ?? '';
    const isDone = ({ status }: Payment) => status === 'completed';
    await until('the worker', () => readPayment(system, id), isDone, 20_000);
    await expectOneCharge(system, id);
  }

  it.each(ofFailover)('%s leaves the payment to the worker', async (failpoint) => {
    const reference = randomUUID();
    await arm(system, victim, failpoint);
    await sendToDeath(system, victim, () => createPayment(system, { reference }));
    await revive(system, victim);
    await expectCompleted(reference);
  });

  it.each(ofFailover.slice(1))('%s, as the worker does then, leaves it to the next', async (at) => {
    const reference = randomUUID();
    await system.kill('worker');
    await arm(system, victim, 'failover.after_open');
    await sendToDeath(system, victim, () => createPayment(system, { reference }));
    await revive(system, victim);
    await system.start('worker', { FAILPOINT: at });
    await deathOf(system, 'worker');
    await revive(system, 'worker');
    await expectCompleted(reference);
  });
});

describe('an API that dies while a payer comes back, at', () => {
  let system: TestSystem;

  beforeAll(async () => {
    const env = { PROVIDER_TIMEOUT_MS: '800' };
    const sandboxEnv = { STRIPE_WEBHOOK_URL: '' };
    system = await startSystem({ env, api: 2, worker: 0, sandboxEnv });
  });
  afterAll(() => system?.stop());

  it.each(ofReturn)('%s sends the payer on when they come again', async (failpoint) => {
    const payment = await createPayment(system, {
      payment_method_token: 'pm_card_authenticationRequired',
      return_url: 'https://shop.example/thanks',
    });
    const address = await decideAsPayer(payment.next_action?.url ?? '', 'approve');
    const { pathname, search } = new URL(address ?? '');
    const comeBack = (baseUrl: string) => {
      const target = { baseUrl, credentials: system.credentials };
      return call(target, 'GET', `${pathname}${search}`, { key: null });
    };
    await arm(system, victim, failpoint);
    await sendToDeath(system, victim, () => comeBack(system.baseUrl));
    const answer = await comeBack(system.apiUrls[1] ?? '');
    expect(answer.headers.get('location')).toContain('status=completed');
    expect(await paidCharges(system, payment.id)).toHaveLength(1);
    await revive(system, victim);
    const types = await readEventTypes(system, payment.id);
    expect(types).toEqual(['created', 'payment_completed']);
  });
});
