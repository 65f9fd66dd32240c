import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import * as net from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { choosePort } from '../../apps/local/src/ports.js';
import { postPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { makeTestDirectory } from '../support/test-directory.js';
import { charges } from '../e2e/support/sandbox.js';
import { waitUntil } from './support/programs.js';

const processes = ['api', 'api-2', 'api-3'];
const payers = 6;

describe('three processes of the API behind deploy/haproxy/haproxy.cfg', () => {
  let system: TestSystem;
  let haproxy: ChildProcess;
  let balanced: TestSystem;
  let directory: string;

  beforeAll(async () => {
    const env = { DRAIN_DELAY_MS: '2000', TRUSTED_PROXIES: '127.0.0.1' };
    system = await startSystem({ api: 3, env });
    const bind = `127.0.0.1:${await choosePort()}`;
    const [API_1, API_2, API_3] = system.apiUrls.map((url) => new URL(url).host);
    directory = makeTestDirectory();
    const watched = join(directory, 'watched.cfg');
    writeFileSync(watched, `global\n    stats socket ${join(directory, 'haproxy.sock')}\n`);
    const files = ['deploy/haproxy/haproxy.cfg', watched].flatMap((file) => ['-f', file]);
    haproxy = spawn('/usr/sbin/haproxy', ['-db', ...files], {
      env: { PATH: process.env.PATH, API_BIND: bind, API_1, API_2, API_3 },
      stdio: 'ignore',
    });
    balanced = Object.create(system, {
      baseUrl: { value: `http://${bind}` },
    }) as TestSystem;
    const isReady = () =>
      fetch(`http://${bind}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitUntil('HAProxy finds the API', 10_000, isReady);
  });
  afterAll(async () => {
    const gone = new Promise((resolve) => haproxy?.once('exit', resolve));
    if (haproxy?.kill('SIGKILL')) await gone;
    await system?.stop();
    rmSync(directory, { recursive: true });
  });

  it('are restarted one after the other under load, and no request fails', async () => {
    const over = new AbortController();
    const answers: string[] = [];
    const note = (answer: Promise<{ status: number }>) =>
      answer.then(
        ({ status }) => answers.push(String(status)),
        (error: Error) => answers.push(`${error.message}: ${String(error.cause)}`),
      );
    const pay = async () => {
      while (!over.signal.aborted) {
        await note(postPayment(balanced));
        await note(call(balanced, 'GET', '/v1/transactions?limit=1'));
      }
    };
    const load = Array.from({ length: payers }, pay);
    const pids = processes.map((name) => system.child(name).pid);
    for (const name of processes) {
      expect(await system.kill(name, 'SIGTERM')).toEqual({ code: 0, signal: null });
      await system.start(name);
      const server = name === 'api' ? 'api-1' : name;
      const before = (await sharesOfReady())[server] ?? 0;
      await waitUntil(`${name} takes part again`, 20_000, async () => {
        return ((await sharesOfReady())[server] ?? 0) > before + payers;
      });
    }
    over.abort();
    await Promise.all(load);
    expect(processes.map((name) => system.child(name).pid)).not.toEqual(pids);
    const counts = new Map<string, number>();
    for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
    expect([...counts.keys()].toSorted()).toEqual(['200', '201']);
    const paid = counts.get('201') ?? 0;
    expect(await charges(system)).toHaveLength(paid);
    const completed = `SELECT count(*)::int AS count FROM transactions WHERE status = 'completed'`;
    expect(await queryOnce(system.database.admin, completed)).toEqual([{ count: paid }]);
  });

  it('show partners neither operations nor metrics, and say when none of them is ready', async () => {
    for (const path of ['/admin/v1/partners', '/metrics']) {
      expect((await fetch(new URL(path, balanced.baseUrl))).status).toBe(404);
    }
    await Promise.all(processes.map((name) => system.kill(name, 'SIGTERM')));
    const answer = await fetch(new URL('/v1/partner', balanced.baseUrl));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ code: 'service_unavailable', retryable: true });
  });

  /** Requests that HAProxy has sent to each process that it takes for ready. */
  async function sharesOfReady(): Promise<Record<string, number>> {
    const client = net.connect(join(directory, 'haproxy.sock'));
    client.end('show stat\n');
    const lines = (await text(client)).split('\n').map((line) => line.split(','));
    const [titles = [], ...rows] = lines;
    const named = (row: string[], title: string) => row[titles.indexOf(title)] ?? '';
    const up = rows.filter((row) => row[0] === 'api' && named(row, 'status') === 'UP');
    return Object.fromEntries(up.map((row) => [named(row, 'svname'), Number(named(row, 'stot'))]));
  }
});
