import { postPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { Wire } from '../support/wire.js';
import { until } from './support/until.js';

const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND usename IN ('payments_api', 'payments_worker')`;

const sessionsOfApi = `SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND usename = 'payments_api'`;

describe('the database', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ env: { STATEMENT_TIMEOUT_MS: '500' } });
  });
  afterAll(() => system?.stop());

  it('may cut every connection under load: callers get 503 or their payment, nobody dies', async () => {
    const over = new AbortController();
    const statuses: number[] = [];
    const pay = async () => {
      while (!over.signal.aborted) statuses.push((await postPayment(system)).status);
    };
    const payers = Array.from({ length: 8 }, pay);
    for (let round = 0; round < 12; round++) {
      await new Promise((resolve) => {
        setTimeout(resolve, 150);
      });
      await queryOnce(system.database.admin, terminate);
    }
    over.abort();
    await Promise.all(payers);
    expect([...new Set(statuses)].filter((status) => ![201, 409, 503].includes(status))).toEqual(
      [],
    );
    expect(statuses).toContain(201);
    expect((await postPayment(system)).status).toBe(201);
    expect(system.child('worker').pid).toBeGreaterThan(0);
    expect((await call(system, 'GET', '/health/live', { key: null })).status).toBe(200);
  });

  it('may restart under load: callers get 503 with Retry-After, and within 10 s their payments', async () => {
    const { wire, url } = await Wire.to(system.database.api);
    await system.restartApi({ API_DATABASE_URL: url });
    const over = new AbortController();
    const answers: { status: number; retryAfter: string | null }[] = [];
    const pay = async () => {
      while (!over.signal.aborted) {
        const { status, headers } = await postPayment(system);
        answers.push({ status, retryAfter: headers.get('retry-after') });
      }
    };
    const payers = Array.from({ length: 6 }, pay);
    const countOf = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
    const more = (status: number, than: number) =>
      until(
        `${status}`,
        () => Promise.resolve(countOf(status)),
        (count) => count > than,
      );
    await more(201, 10);
    await wire.cut();
    await more(503, 10);
    const ready = await call(system, 'GET', '/health/ready', { key: null });
    expect([ready.status, ready.body['reasons']]).toEqual([503, ['database_down']]);
    await wire.mend();
    await more(201, countOf(201) + 10);
    over.abort();
    await Promise.all(payers);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    expect(refused.filter(({ retryAfter }) => !/^[1-9]\d*$/.test(retryAfter ?? ''))).toEqual([]);
    await system.restartApi();
    wire.close();
  });

  it('may fall silent: callers get 503 instead of waiting for ever, and then their answer', async () => {
    const list = () => call(system, 'GET', '/v1/transactions', { timeoutMs: 15_000 });
    expect((await list()).status).toBe(200);
    const sessions = await queryOnce<{ pid: number }>(system.database.admin, sessionsOfApi);
    expect(sessions.length).toBeGreaterThan(0);
    try {
      for (const { pid } of sessions) process.kill(pid, 'SIGSTOP');
      const silent = await Promise.all(Array.from({ length: 4 }, list));
      expect(silent.map((answer) => answer.status)).toContain(503);
      expect((await call(system, 'GET', '/health/live', { key: null })).status).toBe(200);
    } finally {
      for (const { pid } of sessions) process.kill(pid, 'SIGCONT');
    }
    await until('an answer', list, (answer) => answer.status === 200);
  });

  /** Starts a further process on the port of the one that runs: it is refused before it listens. */
  const startAnother = (name: 'api' | 'worker', env: Record<string, string> = {}) =>
    system.start(name, env);

  it.each(['API_DATABASE_URL', 'OPERATIONS_DATABASE_URL'])(
    'refuses to serve through a login that row-level security does not bind, as %s',
    async (name) => {
      const start = startAnother('api', { [name]: system.database.admin });
      await expect(start).rejects.toThrow(/not bound by row-level security/);
    },
  );

  it('must have a label for every provider, or no process starts', async () => {
    const rename = (from: string, to: string) =>
      queryOnce(
        system.database.admin,
        `ALTER TYPE payment_provider RENAME VALUE '${from}' TO '${to}'`,
      );
    await rename('manual', 'by_hand');
    for (const name of ['api', 'worker'] as const) {
      await expect(startAnother(name)).rejects.toThrow(
        "the type payment_provider of the database has no label 'manual'; a migration must add it",
      );
    }
    await rename('by_hand', 'manual');
  });

  it.each([
    ['api', 'API_DATABASE_URL', 'worker'],
    ['api', 'API_DATABASE_URL', 'operations'],
    ['api', 'OPERATIONS_DATABASE_URL', 'worker'],
    ['worker', 'WORKER_DATABASE_URL', 'api'],
  ] as const)('refuses to run %s when %s holds the login of %s', async (name, setting, other) => {
    const start = startAnother(name, { [setting]: system.processDatabase[other] });
    await expect(start).rejects.toThrow(/sees other rows than payments_/);
  });
});
