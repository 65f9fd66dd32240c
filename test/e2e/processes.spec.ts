import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { lifecycleJobs } from '../../apps/api/src/modules/lifecycle/lifecycle-jobs.js';
import { createPayment, postPayment, postRefund, readPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { chooseAdjacentPorts } from './support/adjacent-ports.js';
import { childrenOf, isRunning } from './support/children.js';
import { countEnds, watchJobs } from './support/lifecycle-witness.js';
import { makePartner } from './support/operations.js';
import { endOf } from './support/partner-keys.js';
import { behave, ledgerRefunds, paidCharges } from './support/sandbox.js';
import { until } from './support/until.js';
import { WebhookShops } from './support/webhook-shops.js';

const env = {
  ...{ WEB_CONCURRENCY: '2', POOL_MAX: '24', POOL_PROCESSES: '4' },
  ...{ PROVIDER_TIMEOUT_MS: '2500', DRAIN_DELAY_MS: '1500', DRAIN_TIMEOUT_MS: '8000' },
  ...{ IDEMPOTENCY_LEASE_MS: '10000', WORKER_POLL_MS: '50' },
};
/** Every request comes over a connection of its own, and these go to the processes in turn. */
const headers = { connection: 'close' };
const many = 12;

interface Ready {
  status: string;
  reasons: string[];
}

const workers = ['worker', 'worker-2', 'worker-3'];
const notYet = Object.fromEntries(workers.map((name) => [name, null]));

const auditOfJobs = `SELECT changes->>'job' AS job, changes->'rows' AS rows FROM audit_logs
  WHERE resource_type = 'lifecycle'`;

const untakenWebhooks = `SELECT count(*)::int AS count FROM provider_webhooks
  WHERE status = 'received' AND attempt_count = 0`;
const statesOfDeliveries = `SELECT DISTINCT status, attempt_count FROM webhook_deliveries
  WHERE transaction_id = $1`;

describe('an API of two processes, and three workers', () => {
  let system: TestSystem;
  let shops: WebhookShops;
  let metricsPort: number;

  beforeAll(async () => {
    metricsPort = await chooseAdjacentPorts(2);
    const firstStart = { ...notYet, api: { METRICS_PORT: String(metricsPort) } };
    system = await startSystem({ env, worker: 3, firstStart });
    await watchJobs(system.database.admin);
    await Promise.all(workers.map((name) => system.start(name)));
    shops = new WebhookShops(system);
    await shops.start();
  });
  afterAll(async () => {
    await system?.stop();
    await shops?.stop();
  });

  const children = () => childrenOf(system.child('api').pid);
  const slowly = () => postPayment(system, { payment_method_token: 'pm_sandbox_slow_2000ms' });
  const ready = async () => {
    const answer = await fetch(`${system.baseUrl}/health/ready`, { headers });
    return { answer, body: (await answer.json()) as Ready };
  };

  it('do each job of the life cycle once, whichever worker comes first', async () => {
    const ends = await until(
      'all jobs',
      () => countEnds(system.database.admin),
      ({ length }) => length === lifecycleJobs.length,
      30_000,
    );
    const names = lifecycleJobs.map(({ name }) => name).toSorted();
    expect(ends).toEqual(names.map((job) => ({ job, ends: 1 })));
    expect(await queryOnce(system.database.admin, auditOfJobs)).toEqual([
      { job: 'deliveries', rows: { provider_webhooks_deleted: 7 } },
    ]);
  });

  it('take each payment, refund, webhook of a provider and webhook to a partner once', async () => {
    const webhooks = { webhook_url: shops.urlOf('/shop') };
    const shop = await makePartner(system, { ...webhooks, rate_limit_per_minute: 60_000 });
    const key = shop.api_key;
    const lost = { payment_method_token: 'pm_sandbox_timeout_then_success' };
    const sent = Array.from({ length: many }, (_, index) =>
      createPayment(system, index % 2 ? lost : {}, { key, headers }),
    );
    const payments = await Promise.all(sent);
    const statusOf = async ({ id }: { id: string }) =>
      (await call<{ status: string }>(system, 'GET', `/v1/transactions/${id}`, { key })).body
        .status;
    for (const payment of payments) {
      const ask = () => statusOf(payment);
      await until('the payment', ask, (status) => status === 'completed', 30_000);
    }
    await behave(system, { script: 'timeout_then_success', path: '/v1/refunds', times: 4 });
    await Promise.all(payments.map(({ id }) => postRefund(system, id, {}, { key, headers })));
    for (const payment of payments) {
      const ask = () => statusOf(payment);
      await until('the refund', ask, (status) => status === 'refunded', 30_000);
      expect(await paidCharges(system, payment.id)).toHaveLength(1);
      expect(await ledgerRefunds(system, payment.id)).toHaveLength(1);
    }
    await shops.arrive('/shop', many * 5);
    const received = shops.receivedAt('/shop').map((each) => each.headers['webhook-id']);
    expect(received.length).toBeGreaterThanOrEqual(many * 5);
    expect(new Set(received).size).toBe(received.length);
    const takenAgain = `SELECT id FROM provider_webhooks
      WHERE attempt_count > 1 AND last_error IS NULL`;
    expect(await queryOnce(system.database.admin, takenAgain)).toEqual([]);
  });

  it('share the limits of requests and connections, and each has its own metrics', async () => {
    const limit = 40;
    const { api_key: key } = await makePartner(system, { rate_limit_per_minute: limit });
    const ask = () => call(system, 'GET', '/v1/partner', { key, headers });
    const statuses = (await Promise.all(Array.from({ length: 60 }, ask))).map((one) => one.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(limit);
    await Promise.all(Array.from({ length: 40 }, () => postPayment(system, {}, { headers })));
    const sessions = `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND usename = 'payments_api'`;
    const [row] = await queryOnce<{ count: number }>(system.database.admin, sessions);
    expect(row?.count).toBeGreaterThan(3);
    expect(row?.count).toBeLessThanOrEqual(6);
    const places = [metricsPort, metricsPort + 1].map((port) => `http://127.0.0.1:${port}/metrics`);
    const answers = await Promise.all(places.map((place) => fetch(place)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await fetch(`${system.baseUrl}/metrics`)).status).toBe(404);
  });

  it('let a replaced key in nowhere after a second', async () => {
    const { api_key: key } = await makePartner(system, { rate_limit_per_minute: 60_000 });
    const knock = () => call(system, 'GET', '/v1/currencies', { key, headers });
    const knocks = async () => (await Promise.all([knock(), knock()])).map(({ status }) => status);
    expect(await knocks()).toEqual([200, 200]);
    const [last] = await endOf(system, key, () =>
      call(system, 'POST', '/v1/partner/api-key/rotate', { key, body: { grace_seconds: 0 } }),
    );
    expect(last).toBeLessThan(1_000);
    await sleep(1_000);
    for (let round = 0; round < 5; round++) expect(await knocks()).toEqual([401, 401]);
  });

  it('put another process in the place of one that dies, and go on meanwhile', async () => {
    const before = children();
    expect(before).toHaveLength(2);
    process.kill(before[0] ?? 0, 'SIGKILL');
    await until(
      'the death',
      () => Promise.resolve(children()),
      (now) => !now.includes(before[0] ?? 0),
    );
    expect((await postPayment(system, {}, { headers })).status).toBe(201);
    const ports = [metricsPort, metricsPort + 1];
    const counts = () =>
      Promise.all(
        ports.map((port) =>
          fetch(`http://127.0.0.1:${port}/metrics`).then(
            ({ status }) => status,
            () => 0,
          ),
        ),
      );
    await until('another one', counts, (all) => all.every((status) => status === 200), 30_000);
    expect(children()).toHaveLength(2);
  });

  it('end of a worker: it finishes what it took, takes nothing more and says that it is well', async () => {
    const shop = await shops.subscribe('/slow');
    const { api_key: key } = shop;
    const held: ServerResponse[] = [];
    shops.answers.set('/slow', (response) => void held.push(response));
    for (const name of ['worker-2', 'worker-3']) {
      expect(await system.kill(name, 'SIGTERM')).toEqual({ code: 0, signal: null });
    }
    const payment = await createPayment(system, {}, { key });
    await shops.arrive('/slow', 1);
    const { pid } = system.child('worker');
    const ending = system.kill('worker', 'SIGTERM');
    const later = await createPayment(system, {}, { key });
    const waiting = () => queryOnce<{ count: number }>(system.database.admin, untakenWebhooks);
    await until('its webhook of the provider', waiting, ([row]) => row?.count !== 0);
    await sleep(10 * Number(env.WORKER_POLL_MS));
    expect(isRunning(pid)).toBe(true);
    shops.answers.delete('/slow');
    for (const response of held) response.end('thanks');
    expect(await ending).toEqual({ code: 0, signal: null });
    const states = async ({ id }: { id: string }) =>
      (await queryOnce(system.database.admin, statesOfDeliveries, [id])).map(Object.values);
    expect(await states(payment)).not.toContainEqual(['pending', 1]);
    expect(await states(payment)).toContainEqual(['delivered', 1]);
    expect(await states(later)).toEqual([['pending', 0]]);
    expect((await waiting())[0]?.count).toBeGreaterThan(0);
    await system.start('worker');
  });

  it('drain: first not ready, then no new connection, and every answer is given', async () => {
    const inFlight = Promise.all(Array.from({ length: 6 }, slowly));
    const processing = `SELECT count(*)::int AS count FROM transactions WHERE status = 'processing'`;
    const open = () => queryOnce<{ count: number }>(system.database.admin, processing);
    await until('payments in flight', open, ([row]) => row?.count === 6);
    const ended = system.kill('api', 'SIGTERM');
    const { answer, body } = await until(
      'the drain',
      ready,
      ({ answer: { status } }) => status === 503,
    );
    expect(body).toMatchObject({ status: 'not_ready', reasons: ['draining'] });
    expect(answer.headers.get('connection')).toBe('close');
    const late = await postPayment(system);
    expect([late.status, late.headers.get('connection')]).toEqual([201, 'close']);
    expect((await inFlight).map(({ status }) => status)).toEqual(Array(6).fill(201));
    expect(await ended).toEqual({ code: 0, signal: null });
    await expect(fetch(system.baseUrl)).rejects.toThrow('fetch failed');
  });

  it('end at once when they are told twice', async () => {
    await system.start('api', { DRAIN_DELAY_MS: '1900' });
    const pids = children();
    const paying = slowly().catch(() => undefined);
    const api = system.child('api');
    api.kill('SIGTERM');
    await sleep(1_200);
    expect(await system.kill('api', 'SIGTERM')).toEqual({ code: 1, signal: null });
    expect(api.stderrTail()).toContain('was told twice to stop');
    const alive = () => Promise.resolve(pids.filter(isRunning));
    expect(await until('the children', alive, (left) => left.length === 0, 1_000)).toEqual([]);
    const broken = await paying;
    expect(broken === undefined || broken.status === 201).toBe(true);
  });

  it('do not start when one can not, and say why once', async () => {
    const start = system.start('api', { API_DATABASE_URL: system.database.worker });
    const said = await start.then(
      () => '',
      (error: Error) => error.message,
    );
    expect(said.match(/The API can't start: .*sees other rows than payments_/g)).toHaveLength(1);
    await system.start('api', { WEB_CONCURRENCY: '1' });
    expect((await readPayment(system, (await createPayment(system)).id)).status).toBe('completed');
  });
});
