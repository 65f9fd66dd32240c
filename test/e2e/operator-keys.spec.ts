import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { apiEnvironment } from '../../apps/local/src/environments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { currentTestRun, rootDir } from '../support/test-run.js';

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

interface KeyLine {
  name: string;
  api_key: string;
  scopes: string[];
}

const commandEntry = path.join(rootDir, 'dist/apps/api/src/command.js');
const failuresPerMinute = 60;
let system: TestSystem;

beforeAll(async () => {
  system = await startSystem({
    ...{ worker: 0, sandbox: false },
    env: { TRUSTED_PROXIES: '127.0.0.1' },
  });
});

afterAll(() => system.stop());

function run(words: string[], extra: Record<string, string> = {}): Promise<Ran> {
  const { secrets } = currentTestRun();
  const env = apiEnvironment({
    ...{ databases: system.processDatabase, secrets, port: 0, environment: 'test', extra },
    ...{ apiUrl: system.baseUrl, sandboxUrl: system.baseUrl },
  });
  return new Promise((resolve) => {
    execFile(process.execPath, [commandEntry, ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

async function createKey(name: string, ...options: string[]): Promise<KeyLine> {
  const { code, stdout } = await run(['operator', 'create', name, ...options]);
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  return JSON.parse(stdout) as KeyLine;
}

async function statusWith(key: string | null, method = 'GET', headers = {}): Promise<number> {
  const body = method === 'POST' ? { body: {} } : {};
  return (await call(system, method, '/admin/v1/partners', { key, headers, ...body })).status;
}

describe('the command for operator keys', () => {
  it('makes a valid key and stores its hash', async () => {
    const made = await createKey('ada@finance');
    expect(made).toMatchObject({ name: 'ada@finance', scopes: ['read', 'write'] });
    expect(await statusWith(made.api_key)).toBe(200);
    const prefix = made.api_key.slice(0, 8);
    const rows = await queryOnce(
      system.database.admin,
      'SELECT operator, hash FROM operator_keys WHERE prefix = $1',
      [prefix],
    );
    expect(rows).toEqual([
      { operator: 'ada@finance', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });

  it('makes a key that may only read', async () => {
    const made = await createKey('auditor', '--scopes', 'read');
    expect(made.scopes).toEqual(['read']);
    expect(await statusWith(made.api_key)).toBe(200);
    expect(await statusWith(made.api_key, 'POST')).toBe(403);
  });

  it('lists keys without their secrets', async () => {
    const { admin_api_key: key } = system.credentials;
    const { stdout } = await run(['operator', 'list']);
    const lines = stdout.trim().split('\n');
    const shown = lines.map((line) => JSON.parse(line) as KeyLine & { prefix: string });
    const { scopes } = shown.find(({ prefix }) => prefix === key.slice(0, 8)) ?? {};
    expect(scopes).toEqual(['read', 'write']);
    expect(stdout).not.toContain(key.slice(9));
    expect(stdout).not.toMatch(/hash|[0-9a-f]{64}/);
  });

  it('revokes a key, which ends at once, and says the same when asked again', async () => {
    const { api_key: key } = await createKey('leaver');
    expect(await statusWith(key)).toBe(200);
    const revoked = await run(['operator', 'revoke', key.slice(0, 8)]);
    expect(await statusWith(key)).toBe(401);
    const again = await run(['operator', 'revoke', key.slice(0, 8)]);
    const moment = (ran: Ran) => (JSON.parse(ran.stdout) as { revoked_at: string }).revoked_at;
    expect(Date.parse(moment(revoked))).toBeGreaterThan(0);
    expect(moment(again)).toBe(moment(revoked));
    const rows = await queryOnce(
      system.database.admin,
      `SELECT a.actor_type, a.actor, a.action FROM audit_logs a
       JOIN operator_keys k ON k.id = a.resource_id WHERE k.operator = 'leaver' ORDER BY a.id`,
    );
    expect(rows).toEqual([
      { actor_type: 'system', actor: 'command', action: 'create' },
      { actor_type: 'system', actor: 'command', action: 'update' },
    ]);
  });

  it('shows what it can do', async () => {
    const { code, stdout } = await run(['help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/operator create .*\n.*operator list .*\n.*operator revoke /s);
  });

  it.each([
    ['an unknown command', ['operator', 'promote'], /no such command/],
    ['a name with spaces', ['operator', 'create', 'a b'], /operator name/],
    ['an unknown scope', ['operator', 'create', 'eve', '--scopes', 'all'], /--scopes takes/],
    ['an unknown prefix', ['operator', 'revoke', 'nobody00'], /no operator key/],
  ])('refuses %s in one sentence', async (_what, words, message) => {
    const { code, stdout, stderr } = await run(words);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('names the setting that is missing, and a database that does not answer', async () => {
    const unset = await run(['operator', 'list'], { OPERATIONS_DATABASE_URL: '' });
    expect([unset.code, unset.stderr]).toEqual([
      1,
      expect.stringMatching(/^OPERATIONS_DATABASE_URL/),
    ]);
    const down = await run(['operator', 'list'], {
      OPERATIONS_DATABASE_URL: 'postgres://nobody:secret-word@127.0.0.1:1/none',
    });
    expect([down.code, down.stderr]).toEqual([
      1,
      expect.stringMatching(/^The database .*127\.0\.0\.1:1/),
    ]);
    expect(down.stderr).not.toContain('secret-word');
  });
});

describe('the operations API', () => {
  it('refuses partner keys, and the partner API refuses operator keys', async () => {
    const { partner_api_key: partnerKey, admin_api_key: operatorKey } = system.credentials;
    expect(await statusWith(partnerKey)).toBe(401);
    expect((await call(system, 'GET', '/v1/partner', { key: operatorKey })).status).toBe(401);
    expect(await statusWith(operatorKey)).toBe(200);
    expect((await call(system, 'GET', '/v1/partner', { key: partnerKey })).status).toBe(200);
  });

  it('answers every wrong key alike', async () => {
    const { partner_api_key: partnerKey, admin_api_key: key } = system.credentials;
    const wrongSecret = `${key.slice(0, 8)}${partnerKey.slice(8)}`;
    const answers = await Promise.all(
      [null, 'short', partnerKey, wrongSecret].map(async (wrong) => {
        const answer = await call(system, 'GET', '/admin/v1/partners', { key: wrong });
        return [answer.status, { ...answer.body, request_id: '' }];
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.[0]).toBe(401);
  });

  it('limits wrong keys by address, and no right key', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    const statuses: number[] = [];
    for (let attempt = 0; attempt <= failuresPerMinute; attempt++) {
      statuses.push(await statusWith('guess', 'GET', headers));
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(failuresPerMinute);
    expect(statuses.at(-1)).toBe(429);
    expect(await statusWith('guess', 'GET', { 'x-forwarded-for': '203.0.113.10' })).toBe(401);
    expect(await statusWith(system.credentials.admin_api_key, 'GET', headers)).toBe(200);
  });

  it('notes when a key was used, and who read what', async () => {
    const { api_key: key } = await createKey('reader');
    await statusWith(key);
    await system.kill('api', 'SIGTERM');
    const [row] = await queryOnce(
      system.database.admin,
      `SELECT last_used_at, (SELECT count(*)::int FROM audit_logs WHERE actor = 'reader'
         AND actor_type = 'operator' AND action = 'read' AND resource_type = 'partner') AS reads
       FROM operator_keys WHERE operator = 'reader'`,
    );
    expect(row).toEqual({ last_used_at: expect.any(Date), reads: 1 });
  });
});
