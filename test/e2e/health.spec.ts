import { once } from 'node:events';
import * as net from 'node:net';
import pg from 'pg';
import { choosePort } from '../../apps/local/src/ports.js';
import { paymentBody } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { Wire } from '../support/wire.js';
import { askUntilParted } from './support/kept-connection.js';
import { until } from './support/until.js';

interface ReadinessBody {
  status: string;
  reasons: string[];
  database: string;
  migrations: string;
  providers: Record<string, string>;
  draining: boolean;
}

/** What a request that waits for the database would take. */
const statementTimeoutMs = 10_000;

let system: TestSystem;
let own: Record<string, string> = {};

beforeAll(async () => {
  system = await startSystem({ worker: 1, sandbox: false, firstStart: { worker: null } });
});

afterAll(() => system.stop());

function get<Body = ReadinessBody>(path: string) {
  return call<Body>(system, 'GET', `/health/${path}`, { key: null });
}

async function readyWithin(timeoutMs: number): Promise<boolean> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < timeoutMs) {
    if ((await get('ready')).status === 200) return true;
  }
  return false;
}

describe('health', () => {
  it('says that the process lives, without a key', async () => {
    const answer = await get<{ status: string }>('live');
    expect([answer.status, answer.body]).toEqual([200, { status: 'ok' }]);
  });

  it('says what the process is ready for', async () => {
    const answer = await get('ready');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ...{ status: 'ready', reasons: [], database: 'up', migrations: 'applied', draining: false },
      providers: { stripe: 'on', adyen: 'on', paypal: 'on', manual: 'on' },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('says of each provider without credentials which setting would switch it on, and at start', async () => {
    const keys = {
      stripe: 'STRIPE_SECRET_KEY',
      adyen: 'ADYEN_API_KEY',
      paypal: 'PAYPAL_CLIENT_ID',
    };
    const unset = Object.fromEntries(Object.values(keys).map((key) => [key, '']));
    const ports = {
      ADMIN_PORT: String(await choosePort()),
      METRICS_PORT: String(await choosePort()),
    };
    await system.restartApi({ ...unset, ...ports });
    own = ports;
    const { status, body } = await get('ready');
    const reasons = Object.entries(keys).map(([code, key]) => [code, `${key} is not set`]);
    const off = reasons.map(([code, reason]) => [code, `off: ${reason}`]);
    expect({ status, providers: body.providers }).toEqual({
      ...{ status: 200, providers: { ...Object.fromEntries(off), manual: 'on' } },
    });
    const lines = system.logs().split('\n');
    for (const [code, reason] of reasons) {
      expect(lines.filter((line) => line.includes(`${code} is off: ${reason}`))).toHaveLength(1);
    }
  });

  it('and payments are served at one port, operations and metrics each at its own if they have one', async () => {
    const { ADMIN_PORT, METRICS_PORT } = own;
    const ports = ['', ADMIN_PORT, METRICS_PORT].map((port) => {
      const url = new URL(system.baseUrl);
      if (port !== undefined && port !== '') url.port = port;
      return url.origin;
    });
    const statuses = async (path: string, key: string | null = null) =>
      Promise.all(
        ports.map(async (port) => {
          const headers = key === null ? undefined : { authorization: `Bearer ${key}` };
          return (await fetch(new URL(path, port), { headers })).status;
        }),
      );
    const { admin_api_key: operator, partner_api_key: partner } = system.credentials;
    expect(await statuses('/v1/partner', partner)).toEqual([200, 404, 404]);
    expect(await statuses('/health/live')).toEqual([200, 404, 404]);
    expect(await statuses('/docs/openapi.json')).toEqual([200, 404, 404]);
    expect(await statuses('/admin/v1/partners', operator)).toEqual([404, 200, 404]);
    expect(await statuses('/%61dmin/v1/partners', operator)).toEqual([404, 200, 404]);
    expect(await statuses('/admin/v1/nothing', 'nonsense')).toEqual([404, 401, 404]);
    expect(await statuses('/admin/docs/openapi.json')).toEqual([404, 200, 404]);
    expect(await statuses('/metrics')).toEqual([404, 404, 200]);
    await system.restartApi();
    expect(await statuses('/metrics').catch(() => 'closed')).toBe('closed');
  });

  it('is not ready as long as a migration is pending, and lives', async () => {
    const take = `DELETE FROM schema_migrations
      WHERE timestamp = (SELECT max(timestamp) FROM schema_migrations) RETURNING timestamp, name`;
    const { admin } = system.database;
    const [last] = await queryOnce<{ timestamp: string; name: string }>(admin, take);
    await system.restartApi();
    const { status, body } = await get('ready');
    expect([status, body.reasons, body.migrations]).toEqual([
      ...[503, ['migrations_pending'], 'pending'],
    ]);
    expect((await get('live')).status).toBe(200);
    const give = 'INSERT INTO schema_migrations (timestamp, name) VALUES ($1, $2)';
    await queryOnce(admin, give, [last?.timestamp, last?.name]);
    expect(await get('ready')).toMatchObject({ status: 200, body: { migrations: 'applied' } });
  });

  it('is not ready while every connection of the pool is taken for long', async () => {
    await system.restartApi({ POOL_MIN: '0', POOL_MAX: '2', POOL_PROCESSES: '1' });
    expect((await get('ready')).status).toBe(200);
    const locker = new pg.Client({ connectionString: system.database.admin });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE transactions');
    const list = () => call(system, 'GET', '/v1/transactions');
    const waiting = Promise.all([list(), list(), list()]);
    const full = await until(
      'the pool',
      () => get('ready'),
      ({ status }) => status === 503,
    );
    expect(full.body).toMatchObject({ reasons: ['pool_exhausted'], database: 'unknown' });
    await locker.query('ROLLBACK');
    await locker.end();
    await waiting;
    expect(await readyWithin(5_000)).toBe(true);
    await system.restartApi();
  });

  it('closes without waiting for a connection that never asked anything', async () => {
    const socket = net.connect(Number(new URL(system.baseUrl).port), '127.0.0.1');
    await once(socket, 'connect');
    await get('live');
    expect(await system.kill('api', 'SIGTERM')).toEqual({ code: 0, signal: null });
    socket.destroy();
    await system.start('api', { DRAIN_DELAY_MS: '2000' });
  });

  it('answers all who keep their connections while it ends, and parts from each', async () => {
    const pay = { method: 'POST', path: '/v1/transactions', body: paymentBody({ confirm: false }) };
    const list = { method: 'GET', path: '/v1/transactions?limit=1' };
    const callers = Array.from({ length: 12 }, (_, index) =>
      askUntilParted(system, index % 2 ? pay : list),
    );
    const load = Promise.all(callers);
    const paid = async () => {
      const text = 'SELECT count(*)::int AS count FROM transactions';
      return (await queryOnce<{ count: number }>(system.database.admin, text))[0]?.count ?? 0;
    };
    await until('the load', paid, (count) => count > 60);
    expect(await system.kill('api', 'SIGTERM')).toEqual({ code: 0, signal: null });
    const statuses = (await load).flat();
    expect(new Set(statuses)).toEqual(new Set([200, 201]));
    expect(await paid()).toBe(statuses.filter((status) => status === 201).length);
  });

  it('of a worker is that its jobs come round', async () => {
    const port = await choosePort();
    const live = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/health/live`);
      const body = (await answer.json()) as { status: string; jobs?: string[] };
      return { status: answer.status, body };
    };
    const env = { METRICS_PORT: String(port), WORKER_POLL_MS: '20', WORKER_STUCK_AFTER_MS: '1500' };
    const { wire, url } = await Wire.to(system.database.worker);
    await system.start('worker', { ...env, WORKER_DATABASE_URL: url });
    expect(await live()).toEqual({ status: 200, body: { status: 'ok' } });
    expect((await fetch(`http://127.0.0.1:${port}/v1/events`)).status).toBe(404);
    wire.fallSilent();
    const stuck = await until('a stuck job', live, ({ body: { jobs = [] } }) =>
      jobs.includes('payments'),
    );
    expect(stuck).toMatchObject({ status: 503, body: { status: 'stuck' } });
    wire.speak();
    await until('its next turn', live, ({ status }) => status === 200, 20_000);
    expect(await system.kill('worker', 'SIGTERM')).toEqual({ code: 0, signal: null });
    wire.close();
  });

  it('does not wait for a database that falls silent to say that it is not ready, and lives', async () => {
    const { wire, url } = await Wire.to(system.processDatabase.api);
    await system.start('api', { API_DATABASE_URL: url });
    expect((await get('ready')).status).toBe(200);
    wire.fallSilent();
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: 40 }, () => get('ready')));
    expect(performance.now() - startedAt).toBeLessThan(statementTimeoutMs);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 503));
    expect(answers[0]?.body).toMatchObject({
      ...{ status: 'not_ready', reasons: ['database_down'], database: 'down' },
    });
    expect((await get('live')).status).toBe(200);
    wire.speak();
    expect(await readyWithin(10_000)).toBe(true);
    wire.close();
  });
});
