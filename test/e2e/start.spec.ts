import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { choosePort } from '../../apps/local/src/ports.js';
import type { Credentials } from '../../apps/local/src/credentials.js';
import { queryOnce } from '../support/databases.js';
import { cloneDatabase } from '../support/cloned-database.js';
import { makeTestDirectory } from '../support/test-directory.js';
import { readPayment } from '../factories/payments.js';

interface End {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command of apps/local until it ends. */
function run(script: string, env: Record<string, string>): Promise<End> {
  const child = spawn(process.execPath, [`apps/local/${script}`], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end: End = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    end.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => (end.stderr += chunk.toString()));
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve({ ...end, code }));
  });
}

/** Does what the printed curl would do. */
function paste(printed: string): Promise<Response> {
  const [, address = ''] = /curl (\S+) \\/.exec(printed) ?? [];
  const [, body = ''] = /-d '([^']+)'/.exec(printed) ?? [];
  const headers = [...printed.matchAll(/-H '([^:]+): ([^']+)'/g)];
  const given = Object.fromEntries(headers.map(([, name, value]) => [name, value]));
  return fetch(address, { method: 'POST', headers: given, body });
}

const sentences = ({ stderr }: End) => stderr.trim().split('\n').filter(Boolean);

describe('npm start', () => {
  let directory: string;
  let env: Record<string, string>;
  let taken: Server;
  let takenPort: number;

  beforeAll(async () => {
    directory = makeTestDirectory();
    const [port, sandboxPort] = [await choosePort(), await choosePort()];
    env = {
      PORT: String(port),
      SANDBOX_PORT: String(sandboxPort),
      LOCAL_DATA_DIR: join(directory, 'data'),
    };
    taken = createServer();
    await new Promise<void>((resolve) => {
      taken.listen(0, '127.0.0.1', resolve);
    });
    takenPort = (taken.address() as { port: number }).port;
  });

  afterAll(() => {
    taken.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    ['a port in use', () => ({ PORT: String(takenPort) }), /port \d+ .*PORT/i],
    ['a port that browsers refuse', () => ({ PORT: '6000' }), /refuse .*port 6000.*PORT=7000/],
    ['one port for both', () => ({ PORT: '3777', SANDBOX_PORT: '3777' }), /both 3777/],
    ['a word for a port', () => ({ PORT: 'http' }), /PORT must be a number/],
    ['a bad DATABASE_URL', () => ({ DATABASE_URL: 'mysql://x' }), /DATABASE_URL/],
    [
      'a database that does not answer',
      () => ({ DATABASE_URL: 'postgres://a:secret@127.0.0.1:1/x' }),
      /127\.0\.0\.1:1|refused|reach/i,
    ],
    [
      'a directory that is no directory',
      () => ({ LOCAL_DATA_DIR: '/proc/payments' }),
      /LOCAL_DATA_DIR|\/proc\/payments/,
    ],
  ])('ends with one clear sentence for %s', async (_name, wrong, sentence) => {
    const end = await run('start.mjs', { ...env, ...wrong() });
    expect(end.code).toBe(1);
    expect(sentences(end)).toHaveLength(1);
    expect(end.stderr).toMatch(sentence);
    expect(end.stderr).not.toContain('secret');
  });

  it('names the login whose URL is missing when it may not set passwords itself', async () => {
    const database = await cloneDatabase();
    const login = { user: 'migrator_of_somebody', password: 'secret' };
    await queryOnce(
      database.urls.admin,
      `CREATE ROLE ${login.user} LOGIN PASSWORD '${login.password}' IN ROLE payments_migrator`,
    );
    try {
      const url = new URL(database.urls.admin);
      url.username = login.user;
      url.password = login.password;
      const end = await run('start.mjs', { ...env, DATABASE_URL: url.href });
      expect([end.code, sentences(end).length]).toEqual([1, 1]);
      expect(end.stderr).toMatch(/API_DATABASE_URL .*refuses the user "payments_api"/);
    } finally {
      await queryOnce(database.urls.admin, `DROP ROLE ${login.user}`);
      await database.stop();
    }
  });

  it('refuses a directory with the files of somebody else', async () => {
    const foreign = makeTestDirectory();
    writeFileSync(join(foreign, 'thesis.txt'), 'mine');
    const end = await run('start.mjs', { ...env, LOCAL_DATA_DIR: foreign });
    expect([end.code, sentences(end).length]).toEqual([1, 1]);
    expect(existsSync(join(foreign, 'thesis.txt'))).toBe(true);
    rmSync(foreign, { recursive: true });
  });

  it('pays, stops on SIGTERM, and has the payment again after a restart', async () => {
    chmodSync(directory, 0o755);
    const file = join(directory, 'data', 'credentials.json');
    const read = () => JSON.parse(readFileSync(file, 'utf8')) as Credentials;
    let id = '';
    const first = await whileRunning(async (printed) => {
      const answers = [await paste(printed), await paste(printed)];
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      expect(answers.map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([
        ...[null, 'true'],
      ]);
      const payment = (await answers[1]?.json()) as { id: string; status: string };
      expect(payment.status).toBe('completed');
      ({ id } = payment);
    });
    expect(first.stdout).toContain(`LOCAL_DATA_DIR=`);
    expect(first.code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const second = await whileRunning(async () => {
      const found = await readPayment({ baseUrl: read().base_url, credentials: read() }, id);
      expect(found.status).toBe('completed');
    });
    expect(second.code).toBe(0);
    const reset = await run('reset.mjs', env);
    expect([reset.code, existsSync(file)]).toEqual([0, false]);
  }, 180_000);

  /** Starts the system, does `work` while it runs, and stops it. */
  async function whileRunning(work: (printed: string) => Promise<void>): Promise<End> {
    const child = spawn(process.execPath, ['apps/local/start.mjs'], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const end: End = { code: null, stdout: '', stderr: '' };
    const exited = new Promise<void>((resolve) => {
      child.once('exit', (code) => {
        end.code = code;
        resolve();
      });
    });
    const ready = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        end.stdout += chunk.toString();
        if (end.stdout.includes('npm run reset')) resolve();
      });
    });
    try {
      await Promise.race([ready, exited]);
      await work(end.stdout);
    } finally {
      child.kill('SIGTERM');
      await exited;
    }
    return end;
  }
});
