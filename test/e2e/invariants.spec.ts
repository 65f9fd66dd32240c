import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { createPayment, postRefund } from '../factories/payments.js';
import { queryOnce, withDatabase } from '../support/databases.js';
import { checkInvariants, isBroken } from '../support/invariants.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { rootDir } from '../support/test-run.js';
import { makePartner } from './support/operations.js';
import { until } from './support/until.js';

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

interface LogLine {
  level: number;
  msg: string;
}

const script = path.join(rootDir, 'apps/local/invariants.mjs');
const names = Array.from({ length: 12 }, (_, index) => `I${index + 1}`);
const writers = 4;
const paymentsOfWriter = 6;

/** `npm run invariants` with nothing else in its environment. */
function run(env: Record<string, string>): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** Changes a row past the triggers, which would refuse it. */
async function force(system: TestSystem, text: string, values: unknown[]): Promise<void> {
  const url = new URL(system.database.admin);
  url.searchParams.set('options', '-c session_replication_role=replica');
  await queryOnce(url.toString(), text, values);
}

function changeReserved(system: TestSystem, id: string, by: number): Promise<void> {
  const text = `UPDATE transactions SET amount_refund_reserved = amount_refund_reserved + $2 WHERE id = $1`;
  return force(system, text, [id, by]);
}

describe('the invariants', () => {
  let system: TestSystem;
  const env = { INVARIANTS_EVERY_MS: '200', WORKER_POLL_MS: '100' };

  beforeAll(async () => {
    system = await startSystem({ env });
  });
  afterAll(() => system?.stop());

  const check = () => checkInvariants(system.database.worker);
  const linesAbout = (name: string) =>
    system
      .logs()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.includes(`"msg":"${name} `))
      .map((line) => JSON.parse(line) as LogLine);

  it('raise no false alarm while payments, refunds and outcomes are written', async () => {
    const partner = await makePartner(system, { webhook_url: 'https://shop.example/hooks' });
    const earlier = `UPDATE partners SET webhook_url_since = now() - interval '1 hour' WHERE id = $1`;
    await force(system, earlier, [partner.id]);
    const options = { key: partner.api_key };
    const tokens = ['pm_card_visa', 'pm_card_visa_chargeDeclined'];
    const paid = new AbortController();
    const paying = Promise.all(
      Array.from({ length: writers }, async () => {
        for (let count = 0; count < paymentsOfWriter; count++) {
          const payment_method_token = tokens[count % tokens.length];
          const { id, status } = await createPayment(system, { payment_method_token }, options);
          if (status === 'completed') await postRefund(system, id, { amount: '1.00' }, options);
        }
      }),
    ).finally(() => paid.abort());
    let looks = 0;
    while (!paid.signal.aborted) {
      expect((await check()).filter(isBroken)).toEqual([]);
      looks++;
    }
    await paying;
    expect(looks).toBeGreaterThan(1);
    const events = (await check()).find(({ name }) => name === 'I7');
    expect(events?.checked).toBeGreaterThan(writers * paymentsOfWriter);
    expect(system.logs()).not.toContain('is violated');
    const text = 'SELECT type, count(*)::int AS count FROM webhook_deliveries GROUP BY 1';
    const rows = await queryOnce<{ type: string; count: number }>(system.database.admin, text);
    const half = (writers * paymentsOfWriter) / 2;
    expect(Object.fromEntries(rows.map(({ type, count }) => [type, count]))).toEqual({
      ...{ 'transaction.created': 2 * half, 'transaction.failed': half },
      ...{ 'transaction.completed': half, 'transaction.partially_refunded': half },
      ...{ 'refund.created': half, 'refund.completed': half },
    });
  });

  it('are a table of twelve rows on the command line', async () => {
    const { code, stdout } = await run({ WORKER_DATABASE_URL: system.processDatabase.worker });
    const rows = stdout.split('\n').filter((line) => /^I\d/.test(line));
    expect(rows.map((line) => /^I\d+/.exec(line)?.[0])).toEqual(names);
    expect(rows.filter((row) => !/ \d+ +0$/.test(row))).toEqual([]);
    expect(stdout).toContain('All 12 invariants hold.');
    expect(code).toBe(0);
  });

  it('fail the command, and are told by the worker, when one is violated', async () => {
    const { id } = await createPayment(system);
    expect(linesAbout('I3')).toEqual([]);
    await changeReserved(system, id, 1);
    try {
      const { code, stdout } = await run({ WORKER_DATABASE_URL: system.processDatabase.worker });
      expect(code).toBe(1);
      expect(stdout).toMatch(/^I3 .* 1$/m);
      expect(stdout).toContain(`I3  for example ${id}\n1 of 12 invariants do not hold.`);
      const [line] = await until(
        'the worker',
        () => Promise.resolve(linesAbout('I3')),
        (lines) => lines.length > 0,
      );
      expect(line).toMatchObject({ level: 50, msg: expect.stringContaining('violated 1 times') });
      expect(line?.msg.endsWith(`for example by ${id}`)).toBe(true);
    } finally {
      await changeReserved(system, id, -1);
    }
  });

  it.each([
    ['no system runs', { LOCAL_DATA_DIR: '/nowhere' }, /^The system is not running: run npm start/],
    [
      'the database is not there',
      { WORKER_DATABASE_URL: 'postgres://payments_worker:x@127.0.0.1:1/payments' },
      /^The database can't be used: .*ECONNREFUSED/,
    ],
  ])('say in one sentence that %s', async (_what, settings, sentence) => {
    const { code, stdout, stderr } = await run(settings);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('are not checked with a login that row-level security does not bind', async () => {
    const { code, stderr } = await run({ WORKER_DATABASE_URL: system.database.admin });
    expect([code, stderr]).toEqual([1, expect.stringContaining('row-level security')]);
  });
});

describe('a test file that leaves an invariant broken', () => {
  it('fails when it stops its system, and leaves no database behind', async () => {
    const system = await startSystem({ worker: 0 });
    const { id } = await createPayment(system);
    await changeReserved(system, id, 1);
    await expect(system.stop()).rejects.toThrow(`I3 (Reserved refunds add up`);
    const name = new URL(system.database.admin).pathname.slice(1);
    const server = withDatabase(system.database.admin, 'postgres');
    const found = 'SELECT FROM pg_database WHERE datname = $1';
    expect(await queryOnce(server, found, [name])).toEqual([]);
  });

  it('passes when it says which one and why', async () => {
    const brokenInvariants = { I3: 'a total is changed by hand to see that it is noticed' };
    const system = await startSystem({ worker: 0, brokenInvariants });
    const { id } = await createPayment(system);
    await changeReserved(system, id, 1);
    await expect(system.stop()).resolves.toBeUndefined();
  });
});
