import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { choosePort } from '../../apps/local/src/ports.js';
import { createPayment, postRefund } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { metricsIn, readAlerts, readDashboardExpressions } from '../support/monitoring-files.js';
import { readMetrics, type Series } from './support/metrics.js';
import { until } from './support/until.js';

const daySeconds = 86_400;

describe('metrics', () => {
  let system: TestSystem;
  let workerUrl: string;

  beforeAll(async () => {
    const port = await choosePort();
    workerUrl = `http://127.0.0.1:${port}`;
    const worker = { METRICS_PORT: String(port), INVARIANTS_EVERY_MS: '1000' };
    const env = { METRICS_READ_EVERY_MS: '200' };
    system = await startSystem({ env, firstStart: { worker } });
  });
  afterAll(() => system?.stop());

  const ofApi = () => readMetrics(system.baseUrl);
  const ofWorker = () => readMetrics(workerUrl);
  const untilWorker = (series: string, isGood: (value: number) => boolean) =>
    until(
      series,
      async () => (await ofWorker()).get(series) ?? NaN,
      (value) => isGood(value),
      20_000,
    );
  const readText = async (origin: string) => (await fetch(new URL('/metrics', origin))).text();
  const grown = (before: Series, after: Series, series: string) =>
    (after.get(series) ?? 0) - (before.get(series) ?? 0);

  it('count requests by route and status, and calls of providers by what came of them', async () => {
    const before = await ofApi();
    const { id } = await createPayment(system);
    await createPayment(system, { payment_method_token: 'pm_card_visa_chargeDeclined' });
    await postRefund(system, id, { amount: '1.00' });
    await call(system, 'GET', `/v1/transactions/${id}`);
    const after = await ofApi();
    const increase = (series: string) => grown(before, after, series);
    const create = 'method="POST",route="/v1/transactions"';
    expect(increase(`http_requests_total{${create},status="201"}`)).toBe(2);
    const read = 'method="GET",route="/v1/transactions/:id"';
    expect(increase(`http_requests_total{${read},status="200"}`)).toBe(1);
    expect(increase(`http_request_duration_seconds_count{${read}}`)).toBe(1);
    const seconds = increase(`http_request_duration_seconds_sum{${create}}`);
    expect(seconds).toBeGreaterThan(0.001);
    expect(seconds).toBeLessThan(60);
    const charge = 'provider="stripe",operation="charge"';
    expect(increase(`provider_calls_total{${charge},outcome="completed"}`)).toBe(1);
    expect(increase(`provider_calls_total{${charge},outcome="declined"}`)).toBe(1);
    expect(increase(`provider_call_duration_seconds_count{${charge}}`)).toBe(2);
    const refund = 'provider="stripe",operation="refund",outcome="completed"';
    expect(increase(`provider_calls_total{${refund}}`)).toBe(1);
    expect(increase('cache_lookups_total{store="memory",result="hit"}')).toBeGreaterThan(0);
  });

  it('stand beside log lines that name request, partner and payment', async () => {
    const requestId = randomUUID();
    const headers = { 'x-request-id': requestId };
    const { id } = await createPayment(system, {}, { headers });
    const answer = await call(system, 'GET', `/v1/transactions/${id}`, {
      headers: { 'x-request-id': 'made up by the caller' },
    });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const lines = () =>
      system
        .logs()
        .split('\n')
        .filter((line) => line.includes('"answered"') && line.includes(id))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const logged = await until(
      'two lines',
      () => Promise.resolve(lines()),
      ({ length }) => length === 2,
    );
    const { body: me } = await call(system, 'GET', '/v1/partner');
    const partner = { transaction_id: id, partner_id: me.id };
    expect(me.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(logged).toMatchObject([
      { ...partner, request_id: requestId, route: '/v1/transactions', status: 201 },
      { ...partner, request_id: answer.headers.get('x-request-id'), status: 200 },
    ]);
    expect(system.logs()).not.toContain('made up by the caller');
  });

  it('have no label that a caller could choose', async () => {
    await call(system, 'GET', '/v1/chosen-by-the-caller');
    await fetch(new URL('/nothing/chosen-by-the-caller', system.baseUrl), { method: 'PROPFIND' });
    await call(system, 'GET', '/v1/transactions/chosen-by-the-caller');
    const series = await ofApi();
    expect([...series.keys()].filter((name) => name.includes('chosen'))).toEqual([]);
    expect(series.get('http_requests_total{method="GET",route="none",status="404"}')).toBe(1);
  });

  it('count what the rate limits refuse', async () => {
    const before = await ofApi();
    const statuses = await Promise.all(
      Array.from({ length: 70 }, async () => {
        return (await call(system, 'GET', '/v1/partner', { key: 'nonsense' })).status;
      }),
    );
    const refused = statuses.filter((status) => status === 429).length;
    expect(refused).toBeGreaterThan(0);
    const series = 'rate_limit_refusals_total{policy="attempts"}';
    expect(grown(before, await ofApi(), series)).toBe(refused);
  });

  it('tell of the process itself: version, pool, event loop', async () => {
    for (const series of [await ofApi(), await ofWorker()]) {
      expect(series.get('build_info{version="0.1.0"}')).toBe(1);
      expect(series.get('database_pool_limit')).toBe(25);
      expect(series.get('database_pool_waiting')).toBe(0);
      const busy = series.get('database_pool_connections{state="busy"}') ?? NaN;
      const idle = series.get('database_pool_connections{state="idle"}') ?? NaN;
      expect(busy + idle).toBeGreaterThan(0);
      expect(series.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
      expect(series.get('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    }
  });

  it('of the worker tell what is open, and for how long', async () => {
    await createPayment(system, { confirm: false });
    await untilWorker('payments_open{status="pending"}', (count) => count === 1);
    await queryOnce(
      system.database.admin,
      `SET session_replication_role = replica;
       UPDATE transactions SET created_at = now() - interval '1 hour' WHERE status = 'pending'`,
    );
    await untilWorker('payments_open_oldest_seconds{status="pending"}', (age) => age >= 3_600);
    const series = await ofWorker();
    expect(series.get('payments_open{status="processing"}')).toBe(0);
    expect(series.get('payments_open_oldest_seconds{status="pending"}')).toBeLessThan(3_700);
    for (const kind of ['payments', 'refunds', 'provider_webhooks']) {
      expect(series.get(`work_overdue_seconds{kind="${kind}"}`)).toBeLessThan(60);
    }
  });

  it('of the worker tell how far partitions reach, and how old backups are', async () => {
    await untilWorker('backup_heartbeat_age_seconds', (age) => age >= 0 && age < 120);
    const series = await ofWorker();
    for (const table of ['transaction_events', 'audit_logs']) {
      const headroom = series.get(`partition_headroom_seconds{table="${table}"}`);
      expect(headroom).toBeGreaterThan(80 * daySeconds);
      expect(headroom).toBeLessThan(125 * daySeconds);
      expect(series.get(`partition_overflow_bytes{table="${table}"}`)).toBe(0);
    }
    expect(series.has('wal_archive_age_seconds')).toBe(false);
    expect(series.get('wal_archive_failures')).toBe(0);
  });

  it('of the worker tell how long the oldest database transaction runs', async () => {
    const name = 'database_oldest_transaction_seconds';
    const client = new pg.Client(system.database.admin);
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN; SELECT pg_current_xact_id()');
    expect(await untilWorker(name, (seconds) => seconds >= 1)).toBeLessThan(60);
    await client.end();
    expect(await untilWorker(name, (seconds) => seconds < 1)).toBeGreaterThanOrEqual(0);
  });

  it('of the worker tell of its jobs and of every invariant', async () => {
    const [first] = ['invariants_checked_timestamp_seconds'];
    await untilWorker(first, (at) => at > Date.now() / 1_000 - daySeconds);
    const series = await ofWorker();
    const violations = Array.from({ length: 12 }, (_, index) =>
      series.get(`invariant_violations{invariant="I${index + 1}"}`),
    );
    expect(violations).toEqual(Array.from({ length: 12 }, () => 0));
    for (const job of ['payments', 'heartbeats', 'invariants', 'lifecycle']) {
      const runs = series.get(`worker_job_duration_seconds_count{job="${job}",result="done"}`);
      expect(runs).toBeGreaterThan(0);
    }
    const job = 'lifecycle_last_success_timestamp_seconds{job="partitions"}';
    await untilWorker(job, (at) => at > Date.now() / 1_000 - daySeconds);
  });

  it('are all that alerts and dashboards read', async () => {
    const served = [...(await ofApi()).keys(), ...(await ofWorker()).keys()];
    const printed = new Set(served.map((series) => series.split('{')[0]));
    const texts = await Promise.all([system.baseUrl, workerUrl].map(readText));
    const declared = texts.flatMap((text) =>
      [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name),
    );
    const needed = [...readAlerts().map(({ expr }) => expr), ...readDashboardExpressions()];
    const names = [...new Set(needed.flatMap(metricsIn))];
    expect(names.length).toBeGreaterThan(30);
    const withRedis = ['redis_up'];
    expect(
      names.filter(
        (name) => !printed.has(name) && !declared.includes(name) && !withRedis.includes(name),
      ),
    ).toEqual([]);
  });

  it('of the worker have a port of their own, which serves that it lives and nothing else', async () => {
    const live = await fetch(new URL('/health/live', workerUrl));
    expect([live.status, await live.json()]).toEqual([200, { status: 'ok' }]);
    const paths = ['/', '/v1/transactions', '/admin/v1/partners', '/docs'];
    const statuses = paths.map(async (path) => (await fetch(new URL(path, workerUrl))).status);
    expect(await Promise.all(statuses)).toEqual([404, 404, 404, 404]);
    const posted = await fetch(new URL('/metrics', workerUrl), { method: 'POST' });
    expect(posted.status).toBe(404);
  });
});
