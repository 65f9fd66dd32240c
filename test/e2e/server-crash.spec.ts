import { randomUUID } from 'node:crypto';
import { postPayment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { fillTemplate } from '../support/global-setup.js';
import { startSystem, type TestSystem } from '../support/system.js';
import { makeTestDirectory } from '../support/test-directory.js';
import { currentTestRun, saveTestRun } from '../support/test-run.js';
import { startTestServer } from '../support/test-server.js';
import { charges } from './support/sandbox.js';
import { until } from './support/until.js';

const env = {
  ...{ PROVIDER_TIMEOUT_MS: '2500', DRAIN_TIMEOUT_MS: '8000', IDEMPOTENCY_LEASE_MS: '10000' },
  WORKER_POLL_MS: '50',
};
const settings = { synchronous_commit: 'on' };
const payer = { customer_email: 'payer@example.com' };
const payers = 6;
const backWithinMs = 10_000;

interface Said {
  status: number;
  retryAfter: string | null;
  id: string;
}

describe('a PostgreSQL that is ended at once and started again, under load', () => {
  let server: Awaited<ReturnType<typeof startTestServer>> | undefined;
  let system: TestSystem;

  beforeAll(async () => {
    const run = currentTestRun();
    const directory = makeTestDirectory();
    const password = run.secrets.superuser_password;
    server = await startTestServer(directory, 'payments_template', password, settings);
    const templateUrl = server.url;
    const credentials = await fillTemplate(directory, templateUrl, run.secrets);
    saveTestRun({ ...run, directory, templateUrl, credentials, poolerPort: undefined });
    system = await startSystem({ env });
  });
  afterAll(async () => {
    await system?.stop();
    await server?.stop();
  });

  it('gives 503 meanwhile and payments within 10 s, loses none and charges none twice', async () => {
    const over = new AbortController();
    const said: Said[] = [];
    const pay = async () => {
      let idempotencyKey = randomUUID();
      while (!over.signal.aborted) {
        const { status, headers, body } = await postPayment(system, payer, { idempotencyKey });
        said.push({ status, retryAfter: headers.get('retry-after'), id: body.id });
        if (status === 201) idempotencyKey = randomUUID();
      }
    };
    const load = Promise.all(Array.from({ length: payers }, pay));
    const countOf = (wanted: number) => said.filter(({ status }) => status === wanted).length;
    const more = (status: number, than: number, withinMs?: number) =>
      until(
        `${status}`,
        async () => countOf(status),
        (count) => count > than,
        withinMs,
      );
    await more(201, 20);
    await server?.crash();
    await more(503, 20);
    const before = countOf(201);
    await server?.revive();
    await more(201, before, backWithinMs);
    await more(201, before + 20);
    over.abort();
    await load;
    const refused = said.filter(({ status }) => status !== 201);
    expect(refused.filter(({ status }) => ![409, 503].includes(status))).toEqual([]);
    expect(refused.filter(({ retryAfter }) => !/^[1-9]\d*$/.test(retryAfter ?? ''))).toEqual([]);
    await everyPaymentIsThere(said.filter(({ status }) => status === 201).map(({ id }) => id));
  });

  async function everyPaymentIsThere(acknowledged: string[]): Promise<void> {
    const stored = await until(
      'an end of every payment',
      () => queryOnce<{ id: string; status: string }>(system.database.admin, statuses),
      (rows) => rows.every(({ status }) => status === 'completed'),
      60_000,
    );
    const ids = stored.map(({ id }) => id);
    expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
    const paid = (await charges(system)).filter(({ status }) => status === 'succeeded');
    expect(paid.map((charge) => charge.transaction_id).toSorted()).toEqual(ids.toSorted());
  }
});

const statuses = 'SELECT id, status FROM transactions';
