import { randomUUID } from 'node:crypto';
import type { Failpoint } from '../../apps/api/src/failpoints.js';
import { charges } from '../e2e/support/sandbox.js';
import { accountAt, closedPort } from '../e2e/support/stripe-accounts.js';
import { until } from '../e2e/support/until.js';
import {
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
import { arm, armedAt, deathOf, retry, sendAllToDeath } from './support/victim.js';

const victim = 'api-2';

const ofFailover: Extract<Failpoint, `failover.${string}`>[] = [
  'failover.after_open',
  'failover.after_begin',
  'failover.after_provider',
  'failover.after_outcome',
];

/** The default account can't be reached. A lease leaves time for two calls. */
const unreachableFirst = (sandboxUrl: string) => ({
  ...{ WORKER_POLL_MS: '50', PROVIDER_TIMEOUT_MS: '1500' },
  ...{ DRAIN_TIMEOUT_MS: '1600', IDEMPOTENCY_LEASE_MS: '5000' },
  ...{ STRIPE_API_URL: closedPort, ...accountAt(sandboxUrl, 'eu') },
});
const told = ['created', 'attempt_failed', 'attempt_started', 'payment_completed'];

/** One request for a payment, with its reference and its key. */
const payment = () => ({
  body: paymentBody({ reference: randomUUID() }),
  idempotencyKey: randomUUID(),
});
type Request = ReturnType<typeof payment>;

describe('an API that dies on the way to another provider, at', () => {
  let system: TestSystem;
  const requests = new Map<Failpoint, Request>();
  /** Payments that a worker takes up, and dies of. */
  const ofTheWorker = ofFailover.slice(1).map(payment);

  const pay = (baseUrl: string, request: Request) => {
    const target = { baseUrl, credentials: system.credentials };
    return call<Payment>(target, 'POST', '/v1/transactions', request);
  };
  const deaths = (of: [Failpoint, Request][]) =>
    of.map(([at, request]) => ({ at, send: () => pay(system.apiUrls[1] ?? '', request) }));

  beforeAll(async () => {
    for (const at of ofFailover) requests.set(at, payment());
    const first = [
      ...ofTheWorker.map((request): [Failpoint, Request] => ['failover.after_open', request]),
      ...requests,
    ];
    system = await startSystem({
      ...{ env: unreachableFirst, api: 2, sandboxEnv: { STRIPE_WEBHOOK_URL: '' } },
      firstStart: { worker: null, [victim]: armedAt(...first.map(([at]) => at)) },
    });
    await sendAllToDeath(system, victim, deaths(first));
  }, 120_000);
  afterAll(() => system?.stop());

  async function idOf({ body }: Request): Promise<string> {
    const text = 'SELECT id FROM transactions WHERE reference = $1';
    const rows = await queryOnce<{ id: string }>(system.database.admin, text, [body['reference']]);
    expect(rows).toHaveLength(1);
    return rows[0]?.id ?? '';
  }

  async function expectOneCharge(id: string): Promise<void> {
    const ledger = await charges(system, id);
    expect(ledger.map((charge) => charge.idempotency_key)).toEqual([`${id}.2`]);
    const attempts = (await readAttempts(system, id)).map(({ status }) => status);
    expect(attempts).toEqual(['failed', 'completed']);
    expect(await readEventTypes(system, id)).toEqual(told);
  }

  async function expectCompleted(request: Request): Promise<void> {
    const id = await idOf(request);
    const isDone = ({ status }: Payment) => status === 'completed';
    await until('the worker', () => readPayment(system, id), isDone, 20_000);
    await expectOneCharge(id);
  }

  it.each(ofFailover)('%s is followed by one that charges once', async (failpoint) => {
    const request = requests.get(failpoint) ?? payment();
    const answer = await retry(() => pay(system.baseUrl, request));
    expect([answer.status, answer.body.status, answer.body.retry_count]).toEqual([
      ...[201, 'completed', 1],
    ]);
    expect((await pay(system.baseUrl, request)).text).toBe(answer.text);
    expect(await idOf(request)).toBe(answer.body.id);
    await expectOneCharge(answer.body.id);
  });

  describe('and nobody asks again, at', () => {
    beforeAll(async () => {
      const due = `UPDATE transactions SET next_sync_at = clock_timestamp()
        WHERE status = 'processing' AND reference = ANY ($1)`;
      const references = ofTheWorker.map(({ body }) => body['reference']);
      await queryOnce(system.database.admin, due, [references]);
      await system.start('worker', armedAt(...ofFailover.slice(1)));
      await deathOf(system, 'worker');
      for (const at of ofFailover) requests.set(at, payment());
      await Promise.all([arm(system, victim, ...ofFailover), system.kill('worker')]);
      await Promise.all([
        system.start('worker'),
        sendAllToDeath(system, victim, deaths([...requests])),
      ]);
    }, 120_000);

    it.each(ofFailover)('%s leaves the payment to the worker', async (failpoint) => {
      await expectCompleted(requests.get(failpoint) ?? payment());
    });

    it('failover.after_open leaves it to a worker, and what that dies of later to the next', async () => {
      for (const request of ofTheWorker) await expectCompleted(request);
    });
  });
});
