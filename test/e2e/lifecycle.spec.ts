import { randomUUID } from 'node:crypto';
import { createPayment, postRefund } from '../factories/payments.js';
import type { List } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { runCommand } from './support/commands.js';
import { asOperator } from './support/operations.js';
import { readAllPages } from './support/pages.js';
import { expectProblem } from './support/problems.js';
import { until } from './support/until.js';

interface Event {
  id: string;
  event_type: string;
}

interface AuditLog {
  id: string;
  resource_id: string | null;
}

const packAll = `SELECT rows FROM pack_audit_logs(now() + interval '200 days', 5000, false)`;
const wayAhead = '2999-01-01T00:00:00Z';

describe('the life cycle', () => {
  let system: TestSystem;
  let payments: string[];

  beforeAll(async () => {
    system = await startSystem({ worker: 0 });
    payments = await Promise.all(
      Array.from({ length: 3 }, async () => (await createPayment(system)).id),
    );
    await postRefund(system, payments[0] ?? '', { amount: '1.00' });
  });
  afterAll(() => system?.stop());

  const run = (words: string[], env: Record<string, string> = {}) =>
    runCommand(system, ['lifecycle', ...words], { env });
  const ask = <Row extends object>(text: string) => queryOnce<Row>(system.database.admin, text);
  const inPartitions = async () => {
    const [row] = await ask<{ count: number }>('SELECT count(*)::int FROM transaction_events');
    return row?.count ?? 0;
  };
  /** A second after the newest event is a year old. */
  const yearLater = async () => {
    const [row] = await ask<{ at: Date }>(
      `SELECT max(created_at) + interval '1 year 1 second' AS at FROM transaction_events`,
    );
    return row?.at.toISOString() ?? '';
  };
  const fold = async (more: string[] = [], env: Record<string, string> = {}) =>
    run(['events', '--now', at, '--simulate', '--batch', '3', ...more], env);
  let at: string;

  describe('on the command line', () => {
    beforeAll(async () => {
      at = await yearLater();
    });

    it('lists its jobs and their rules', async () => {
      const { code, stdout } = await run(['--help']);
      expect(code).toBe(0);
      for (const job of ['partitions', 'events', 'audit-blocks', 'deliveries', 'idempotency']) {
        expect(stdout).toMatch(new RegExp(`^  ${job} +[A-Z].+\\.$`, 'm'));
      }
    });

    it('refuses a time to come, and what it does not know', async () => {
      const refused = await Promise.all([run(['events', '--now', wayAhead]), run(['eventz'])]);
      expect(refused.map(({ code, stdout }) => `${code}${stdout}`)).toEqual(['1', '1']);
      const [future, unknown] = refused.map(({ stderr }) => stderr);
      expect(future).toMatch(
        /^--now lies in the future of the database; --simulate allows that\.\n$/,
      );
      expect(unknown).toMatch(/^Name one job, or all: partitions, events, .*\n$/);
    });

    it('loses nothing and does nothing twice when it is killed in the middle of a batch', async () => {
      const story = await stories();
      const count = await inPartitions();
      const { stdout: would } = await fold(['--dry-run']);
      expect(would).toContain(`events          would be transaction events folded: ${count}\n`);
      expect(await inPartitions()).toBe(count);
      for (const FAILPOINT of ['lifecycle.before_commit:2', 'lifecycle.after_batch']) {
        expect(await fold([], { FAILPOINT })).toMatchObject({ signal: 'SIGKILL' });
        expect(await stories()).toEqual(story);
      }
      expect(await inPartitions()).toBe(count - 6);
      // The server may take a moment to notice that the last one died.
      const ran = await until(
        'the lock',
        () => fold(),
        ({ code }) => code === 0,
      );
      expect(ran.stdout).toContain(`events          transaction events folded: ${count - 6}\n`);
      expect([await inPartitions(), await stories()]).toEqual([0, story]);
      const audited = await ask(`SELECT changes->'rows' AS rows FROM audit_logs
        WHERE resource_type = 'lifecycle' AND changes->>'job' = 'events'`);
      expect(audited).toEqual([
        { rows: { transaction_events_folded: count, partitions_dropped: 1 } },
      ]);
    });

    it('keeps what is held, and says who holds it', async () => {
      const [, payment = ''] = payments;
      const hold = (...words: string[]) => runCommand(system, ['legal-hold', ...words]);
      const why = ['--reason', 'Case 12', '--by', 'ada'];
      const placed = await hold('place', '--transaction', payment, ...why);
      expect(placed.code).toBe(0);
      const { id } = JSON.parse(placed.stdout) as { id: string };
      expect(JSON.parse((await hold('list')).stdout)).toMatchObject({
        ...{ id, transaction_id: payment, reason: 'Case 12', placed_by: 'ada', released_at: null },
      });
      expect((await hold('place', '--transaction', payment, ...why)).stderr).toContain('already');
      expect((await hold('place', '--partner', randomUUID(), ...why)).stderr).toContain('no such');
      expect((await hold('release', id, '--by', 'bob')).code).toBe(0);
      expect((await hold('release', id, '--by', 'bob')).code).toBe(1);
      const audited = await ask(`SELECT action, actor FROM audit_logs
        WHERE resource_type = 'legal_hold' ORDER BY id`);
      expect(audited).toEqual([
        { action: 'create', actor: 'ada' },
        { action: 'update', actor: 'bob' },
      ]);
    });
  });

  it('answers with events that were folded as with those that were not', async () => {
    const [id = ''] = payments;
    const [timeline = []] = await stories();
    expect(timeline.map(({ event_type: type }) => type)).toContain('refund_completed');
    const expanded = await call<{ events: Event[] }>(
      system,
      'GET',
      `/v1/transactions/${id}?expand=events`,
    );
    expect(expanded.body.events).toEqual(timeline);
    const path = `/transactions/${id}`;
    const record = await asOperator<{ events: Event[] }>(system, 'GET', path);
    expect(record.body.events.map(({ event_type: type }) => type)).toEqual(
      timeline.map(({ event_type: type }) => type),
    );
  });

  it('refuses a cursor of the feed after which events left it, and no other', async () => {
    const read = (after?: string) =>
      call<List<Event>>(system, 'GET', `/v1/events?limit=1${after ? `&after=${after}` : ''}`);
    await createPayment(system, { confirm: false });
    const first = await until(
      'the feed',
      () => read(),
      ({ body }) => body.data.length > 0,
    );
    await createPayment(system, { confirm: false });
    const cursor = first.body.next_cursor ?? '';
    const second = await until(
      'the feed',
      () => read(cursor),
      ({ body }) => body.data.length > 0,
    );
    at = await yearLater();
    await fold();
    expectProblem(await read(cursor), 410, 'cursor_expired');
    const last = await read(second.body.next_cursor ?? '');
    expect([last.status, last.body.data]).toEqual([200, []]);
  });

  it('lists audit rows that were packed as those that were not, to their own partner', async () => {
    const path = '/v1/audit-logs?action=create&limit=2';
    const list = () => readAllPages<AuditLog>(system, path);
    const before = await list();
    const packed = await queryOnce<{ rows: string }>(system.database.worker, packAll);
    expect(Number(packed[0]?.rows)).toBeGreaterThan(before.length);
    expect(await ask(`SELECT FROM audit_logs WHERE action = 'create'`)).toEqual([]);
    await createPayment(system, { confirm: false });
    const after = await list();
    expect(after.slice(1)).toEqual(before);
    const of = `/v1/audit-logs?resource_type=transaction&resource_id=${payments[1]}&action=create`;
    expect(await readAllPages<AuditLog>(system, of)).toEqual(
      before.filter((row) => row.resource_id === payments[1]),
    );
    const key = system.credentials.second_partner_api_key;
    const theirs = await readAllPages<AuditLog>(system, path, { key });
    expect(theirs.filter(({ id }) => before.some((own) => own.id === id))).toEqual([]);
    expect(theirs.length).toBeGreaterThan(0);
    expect((await run(['verify'])).stdout).toMatch(
      /^\d+ audit blocks with \d+ rows are intact\.\n$/,
    );
    await tamper();
    expect(await run(['verify'])).toMatchObject({ code: 1 });
  });

  /** What partners read of every payment. */
  function stories(): Promise<Event[][]> {
    return Promise.all(
      payments.map(async (id) => {
        const path = `/v1/transactions/${id}/events`;
        return (await call<List<Event>>(system, 'GET', path)).body.data;
      }),
    );
  }

  async function tamper(): Promise<void> {
    const url = new URL(system.database.admin);
    url.searchParams.set('options', '-c session_replication_role=replica');
    await queryOnce(url.toString(), `UPDATE audit_blocks SET sha256 = repeat('0', 64)`);
  }
});
