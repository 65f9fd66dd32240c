import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseUrls } from '../../apps/local/src/environments.js';
import { choosePort } from '../../apps/local/src/ports.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { LateServer } from './support/late-server.js';
import { loadedFiles } from './support/loaded-files.js';
import { until } from './support/until.js';

describe('the start of a process', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ sandbox: false, firstStart: { api: null, worker: null } });
  });
  afterAll(() => system?.stop());

  const refusal = (name: string, env: Record<string, string>) =>
    system.start(name, env).then(
      () => 'it started',
      (error: Error) => error.message.split('\n').slice(1).join('\n'),
    );

  it('names every mistake in its settings at once, and no secret', async () => {
    const wrong = {
      ...{ POOL_MAX: 'many', DATABSE_URL: 'postgres://x:topsecret@y/z', PORT_FILE: '/tmp/port' },
      ...{ HASH_KEYS: 'topsecret', STRIPE_SECRET_KEY: 'topsecret', HASH_KEYS_FILE: '/nowhere' },
    };
    const said = await refusal('api', wrong);
    expect(said.split('\n')).toEqual([
      "The API can't start: 6 settings are wrong:",
      expect.stringMatching(/^ {2}HASH_KEYS and HASH_KEYS_FILE are both set/),
      expect.stringMatching(/^ {2}POOL_MAX is wrong: not "many", it should be a whole number/),
      expect.stringMatching(/^ {2}HASH_KEYS is wrong: it should be/),
      '  DATABSE_URL is no setting: is DATABASE_URL meant?',
      expect.stringMatching(/^ {2}PORT_FILE is no setting: PORT is no secret/),
      expect.stringMatching(/^ {2}STRIPE_SECRET_KEY must be /),
    ]);
    expect(system.logs()).not.toContain('topsecret');
  });

  it.each([
    ['api', 'API_DATABASE_URL', 'The API'],
    ['api', 'OPERATIONS_DATABASE_URL', 'The API'],
    ['worker', 'WORKER_DATABASE_URL', 'The worker'],
  ])('of the %s waits for %s no longer than it is told', async (name, url, title) => {
    const nobody = { [url]: 'postgres://a:topsecret@127.0.0.1:1/payments' };
    expect(await refusal(name, { ...nobody, DATABASE_WAIT_MS: '0' })).toBe(
      `${title} can't start: the database at 127.0.0.1:1 (${url}) did not answer within 0 s: ECONNREFUSED.`,
    );
    const login = url.replace('_DATABASE_URL', '').toLowerCase() as keyof DatabaseUrls;
    const wrong = new URL(system.database[login]);
    wrong.password = 'topsecret';
    expect(await refusal(name, { [url]: wrong.toString() })).toBe(
      `${title} can't start: the database at ${wrong.host} (${url}) refuses the login: password authentication failed for user "payments_${login}".`,
    );
    expect(system.logs()).not.toContain('topsecret');
  });

  it('waits for a database that comes later, says for whom, and loads no tracing', async () => {
    const files = mkdtempSync(join(tmpdir(), 'loaded-'));
    const late = LateServer.before(system.database.api, await choosePort());
    const worker = new URL(late.url);
    worker.username = 'payments_worker';
    worker.password = new URL(system.database.worker).password;
    const starts = Promise.all([
      system.start('api', { API_DATABASE_URL: late.url, NODE_V8_COVERAGE: files }),
      system.start('worker', {
        WORKER_DATABASE_URL: worker.toString(),
        NODE_V8_COVERAGE: files,
      }),
    ]);
    const sentence = new RegExp(`waiting for the database at ${worker.host} .*: ECONNREFUSED`, 'g');
    await until(
      'both to wait',
      () => Promise.resolve(system.logs().match(sentence)?.length),
      (count) => count === 2,
    );
    await late.open();
    await starts;
    expect((await call(system, 'GET', '/health/ready', { key: null })).status).toBe(200);
    expect(system.logs()).not.toMatch(/^ +at /m);
    expect(system.logs()).not.toContain('"stack"');
    await Promise.all([system.kill('api', 'SIGTERM'), system.kill('worker', 'SIGTERM')]);
    late.close();
    const loaded = loadedFiles(files);
    rmSync(files, { recursive: true });
    expect(loaded.filter((file) => /(?:api|worker)\.bundle\.js$/.test(file))).toHaveLength(2);
    expect(loaded.filter((file) => file.includes('@opentelemetry'))).toEqual([]);
  });
});
