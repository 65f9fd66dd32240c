import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { choosePort } from '../../apps/local/src/ports.js';
import { createPayment, postPayment } from '../factories/payments.js';
import { makePartner } from '../e2e/support/operations.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { endOf, statusesWith } from '../e2e/support/partner-keys.js';
import { waitUntil } from './support/programs.js';

const run = promisify(execFile);
const processes = 3;
const limit = 42;
const share = limit / processes;
const isPong = (answer: string[]) => answer[0] === 'PONG';

describe('the API with Redis', () => {
  let redis: ChildProcess;
  let port: number;
  let system: TestSystem;

  const pay = () => postPayment(system);
  const ask = async (...words: string[]) => {
    const { stdout } = await run('redis-cli', ['-p', String(port), ...words]);
    return stdout.trim().split('\n').filter(Boolean);
  };
  const startRedis = async () => {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', ''];
    redis = spawn('redis-server', options, { stdio: 'ignore' });
    await waitUntil('Redis answers', 10_000, () => ask('ping').then(isPong, () => false));
  };

  const stopRedis = async () => {
    const gone = new Promise((resolve) => redis.once('exit', resolve));
    redis.kill('SIGKILL');
    await gone;
  };
  const newKey = async () => {
    const partner = await makePartner(system, { rate_limit_per_minute: limit });
    return partner.api_key;
  };
  /** How many of 30 requests a process lets through: more than its own share, with Redis. */
  const letThrough = async (key: string, index = 0) => {
    const target = { ...system, baseUrl: system.apiUrls[index] ?? '' };
    const requests = Array.from({ length: 30 }, () => call(target, 'GET', '/v1/partner', { key }));
    return (await Promise.all(requests)).filter(({ status }) => status === 200).length;
  };
  const waitForRedis = () =>
    waitUntil('Redis counts', 30_000, async () => {
      const counts = system.apiUrls.map(async (_, index) => letThrough(await newKey(), index));
      return (await Promise.all(counts)).every((count) => count === 30);
    });
  const redisState = async () => {
    const { body } = await call(system, 'GET', '/health/ready', { key: null });
    return body['redis'];
  };

  beforeAll(async () => {
    port = await choosePort();
    await startRedis();
    const env = { REDIS_URL: `redis://127.0.0.1:${port}`, API_PROCESSES: String(processes) };
    system = await startSystem({ api: processes, env });
    await waitForRedis();
  });

  afterAll(async () => {
    await system?.stop();
    redis?.kill('SIGKILL');
  });

  it('keeps partner details for an hour and look-ups for a day, and no secret', async () => {
    const find = async (pattern: string) => (await ask('keys', pattern))[0] ?? '';
    let [partner, currencies] = ['', ''];
    // A process that found Redis too slow leaves it alone for a second, and reads nothing again
    // that it knows by itself, before its version is another.
    await waitUntil('partner and currencies are kept', 10_000, async () => {
      await queryOnce(system.database.admin, 'UPDATE cache_versions SET version = version + 1');
      expect((await pay()).status).toBe(201);
      [partner, currencies] = [await find('payments:partner:*'), await find('*currencies*')];
      return partner !== '' && currencies !== '';
    });
    const keys = await ask('keys', '*');
    const secondsLeft = async (key: string) => Number((await ask('ttl', key))[0]);
    expect(await secondsLeft(partner)).toBeGreaterThan(3_500);
    expect(await secondsLeft(partner)).toBeLessThanOrEqual(3_600);
    expect(await secondsLeft(currencies)).toBeGreaterThan(86_300);
    const stored = (await Promise.all(keys.map((key) => ask('get', key)))).join();
    expect(stored).toContain('rateLimitPerMinute');
    expect(stored).not.toContain(system.credentials.partner_api_key.slice(9));
    expect(stored).not.toContain(system.credentials.webhook_secret);
  });

  it('keeps nothing of a payer, in no key and no value', async () => {
    const payer = {
      customer_email: 'marker-mailbox@example.com',
      customer_name: 'Marker-Surname',
      customer_phone: '+66 555 0199 777',
    };
    const { id } = await createPayment(system, { ...payer, reference: 'order-7' });
    await call(system, 'GET', `/v1/transactions/${id}`);
    await call(system, 'GET', `/v1/transactions?customer_email=${payer.customer_email}`);
    const keys = await ask('keys', '*');
    const kept = [keys, ...(await Promise.all(keys.map((key) => ask('get', key))))].join('\n');
    expect(kept).toContain('rateLimitPerMinute');
    expect(kept).not.toMatch(/marker-mailbox|marker-surname|555 ?0199 ?777/i);
    expect(kept).not.toContain('WRONGTYPE');
  });

  it('ends a replaced key within a second in every process, though Redis still has it', async () => {
    const { api_key: key } = await makePartner(system, { rate_limit_per_minute: 60_000 });
    expect(await statusesWith(system, key)).toEqual([200, 200, 200]);
    expect((await ask('keys', `*:${key.slice(0, 8)}`)).length).toBeGreaterThan(0);
    const path = '/v1/partner/api-key/rotate';
    const lastLetIn = await endOf(system, key, () =>
      call(system, 'POST', path, { key, body: { grace_seconds: 0 } }),
    );
    expect(lastLetIn.filter((ms) => ms > 1_000)).toEqual([]);
  });

  it('goes on when Redis is flushed', async () => {
    await ask('flushall');
    expect((await pay()).status).toBe(201);
  });

  it('counts a partner over all processes, and slows nobody else', async () => {
    const together = async () => {
      const key = await newKey();
      return [await letThrough(key, 0), await letThrough(key, 1)].join();
    };
    const inAll = [30, limit - 30].join();
    await waitUntil('both count together', 10_000, async () => (await together()) === inAll);
    expect((await pay()).status).toBe(201);
    const [counted] = await ask('keys', 'payments:hits:partner:*');
    const seconds = Number((await ask('ttl', counted ?? ''))[0]);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
  });

  it('goes on while Redis hangs, each process with its share of the limits', async () => {
    const key = await newKey();
    redis.kill('SIGSTOP');
    try {
      expect((await pay()).status).toBe(201);
      expect([await letThrough(key, 0), await letThrough(key, 1)]).toEqual([share, share]);
    } finally {
      redis.kill('SIGCONT');
    }
    await waitForRedis();
  });

  it('goes on when Redis is gone, and uses it as soon as it is back', async () => {
    await stopRedis();
    expect((await pay()).status).toBe(201);
    expect(await letThrough(await newKey())).toBe(share);
    await startRedis();
    await waitForRedis();
  });

  it('starts without Redis, and uses it as soon as it is there', async () => {
    await stopRedis();
    await system.restartApi();
    expect((await pay()).status).toBe(201);
    expect(await redisState()).toBe('down');
    await startRedis();
    await waitForRedis();
    await waitUntil('Redis is up', 10_000, async () => (await redisState()) === 'up');
    expect((await ask('keys', 'payments:partner:*')).length).toBeGreaterThan(0);
    expect(system.logs()).not.toContain('Redis Connection Error');
  });
});
