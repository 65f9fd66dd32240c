import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createPayment, postPayment, postRefund } from '../factories/payments.js';
import type { List } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import type { CallOptions } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { expectProblem } from './support/problems.js';
import { newTransfer, settle } from './support/settlements.js';
import { until } from './support/until.js';

interface AuditRow {
  partner_id: string | null;
  action: string;
  resource_type: string;
  resource_id: string | null;
  actor_type: string;
  actor: string;
  ip_address: string;
  user_agent: string | null;
  request_id: string;
  http_status: number;
  occurrences: number;
  changes: Record<string, unknown> | null;
}

const partnerLimit = 100;

describe('the audit log', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ worker: 0, env: { LOCK_TIMEOUT_MS: '200' } });
  });
  afterAll(() => system?.stop());

  /** Options of a call that can be found again by its request id. */
  function traced(): { requestId: string; options: CallOptions } {
    const requestId = randomUUID();
    const headers = { 'x-request-id': requestId, 'user-agent': 'Auditor/1.0' };
    return { requestId, options: { headers } };
  }

  function rowsOf(requestId: string): Promise<AuditRow[]> {
    const text = 'SELECT * FROM audit_logs WHERE request_id = $1';
    return queryOnce<AuditRow>(system.database.admin, text, [requestId]);
  }

  /** Reads are written within 100 ms. */
  async function rowOf(requestId: string): Promise<AuditRow | undefined> {
    const rows = await until(
      'the row',
      () => rowsOf(requestId),
      (found) => found.length > 0,
    );
    expect(rows).toHaveLength(1);
    return rows[0];
  }

  async function caller() {
    const partner = await call<{ id: string }>(system, 'GET', '/v1/partner');
    const [key] = await queryOnce<{ id: string }>(
      system.database.admin,
      'SELECT id FROM partner_api_keys WHERE partner_id = $1',
      [partner.body.id],
    );
    return {
      ...{ partner_id: partner.body.id, actor_type: 'partner', actor: key?.id },
      ...{ ip_address: '127.0.0.1', user_agent: 'Auditor/1.0', occurrences: 1 },
    };
  }

  it('records a payment with who made it, from where and what became of it', async () => {
    const { requestId, options } = traced();
    const { id } = await createPayment(system, {}, options);
    expect(await rowOf(requestId)).toMatchObject({
      ...(await caller()),
      ...{ action: 'create', resource_type: 'transaction', resource_id: id },
      ...{ request_id: requestId, http_status: 201 },
      changes: { after: { amount: '10.50', currency: 'USD', provider: 'stripe' } },
    });
  });

  it('records a refund, a confirmation and a cancellation', async () => {
    const paid = await createPayment(system);
    const refunding = traced();
    const refund = await postRefund(system, paid.id, { amount: '4.00' }, refunding.options);
    expect(await rowOf(refunding.requestId)).toMatchObject({
      ...(await caller()),
      ...{ action: 'create', resource_type: 'refund', resource_id: refund.body.id },
    });
    for (const action of ['confirm', 'cancel']) {
      const { id } = await createPayment(system, { confirm: false });
      const { requestId, options } = traced();
      const body = action === 'cancel' ? { reason: 'Too late' } : undefined;
      const path = `/v1/transactions/${id}/${action}`;
      expect((await call(system, 'POST', path, { ...options, body })).status).toBe(200);
      expect(await rowOf(requestId)).toMatchObject({
        ...(await caller()),
        ...{ action: 'update', resource_type: 'transaction', resource_id: id, http_status: 200 },
        changes: { after: { status: action === 'cancel' ? 'cancelled' : 'processing' } },
      });
    }
  });

  it('records a read, and of a list the names of the filters but not their values', async () => {
    const { id } = await createPayment(system);
    const reading = traced();
    await call(system, 'GET', `/v1/transactions/${id}`, reading.options);
    expect(await rowOf(reading.requestId)).toMatchObject({
      ...(await caller()),
      ...{ action: 'read', resource_type: 'transaction', resource_id: id, changes: null },
    });
    const listing = traced();
    const path = '/v1/transactions?status=completed&customer_email=jane@example.com';
    expect((await call(system, 'GET', path, listing.options)).status).toBe(200);
    const row = await rowOf(listing.requestId);
    expect(row).toMatchObject({
      ...{ action: 'read', resource_id: null },
      changes: { filters: ['status', 'customer_email'] },
    });
    expect(JSON.stringify(row)).not.toContain('jane@example.com');
  });

  it('keeps a read that the database could not take, and writes it later', async () => {
    const { requestId, options } = traced();
    const admin = new pg.Client({ connectionString: system.database.admin });
    await admin.connect();
    await admin.query('BEGIN');
    await admin.query('LOCK TABLE audit_logs IN SHARE MODE');
    expect((await call(system, 'GET', '/v1/partner', options)).status).toBe(200);
    const isWaiting = (logs: string) => logs.includes('audit rows wait for the database');
    await until('the refusal', () => Promise.resolve(system.logs()), isWaiting);
    expect(await rowsOf(requestId)).toEqual([]);
    await admin.query('ROLLBACK');
    await admin.end();
    expect(await rowOf(requestId)).toMatchObject({ action: 'read', resource_type: 'partner' });
  });

  it('records nothing for a request that was refused as wrong', async () => {
    const { requestId, options } = traced();
    expect((await postPayment(system, { amount: '-1' }, options)).status).toBe(422);
    const control = traced();
    await call(system, 'GET', '/v1/currencies', control.options);
    await rowOf(control.requestId);
    expect(await rowsOf(requestId)).toEqual([]);
  });

  it('shows a partner its own rows alone, newest first', async () => {
    const key = system.credentials.second_partner_api_key;
    const { id } = await createPayment(system, {}, { key });
    const list = (query: string, options: CallOptions) =>
      call<List<AuditRow>>(system, 'GET', `/v1/audit-logs?${query}`, options);
    const own = await list(`action=create&resource_id=${id}`, { key });
    expect(own.body.data).toMatchObject([{ object: 'audit_log', resource_id: id }]);
    const foreign = await list(`resource_id=${id}`, {});
    expect(foreign.body.data).toEqual([]);
  });

  it('shows a partner what operations did, but not who, from where and why', async () => {
    const { id } = await newTransfer(system);
    const reason = 'marker-reason';
    await settle(system, `/transactions/${id}`, { reason });
    const path = `/v1/audit-logs?action=update&resource_id=${id}`;
    const { body, text } = await call<List<AuditRow>>(system, 'GET', path);
    expect(body.data).toMatchObject([
      {
        ...{ actor_type: 'operator', actor: 'operations', ip_address: null, user_agent: null },
        changes: { before: { status: 'processing' }, after: { status: 'completed' } },
      },
    ]);
    const events = await call(system, 'GET', `/v1/transactions/${id}/events`);
    expect(events.text).toContain('"created_by":"operations"');
    const [row] = await queryOnce<AuditRow>(
      system.database.admin,
      `SELECT * FROM audit_logs WHERE resource_id = $1 AND actor_type = 'operator'`,
      [id],
    );
    expect(row).toMatchObject({ ip_address: '127.0.0.1', changes: { after: { reason } } });
    for (const hidden of [reason, row?.actor ?? reason]) {
      expect(text + events.text).not.toContain(hidden);
    }
  });

  it('counts refusals in one row for each caller and code, and writes them at the end', async () => {
    const { requestId, options } = traced();
    const wrong = { ...options, key: 'nonsense' };
    for (let count = 0; count < 5; count++) {
      expectProblem(await call(system, 'GET', '/v1/partner', wrong), 401, 'unauthorized');
    }
    const key = system.credentials.limited_partner_api_key;
    const answers = await Promise.all(
      Array.from({ length: partnerLimit + 3 }, () =>
        call(system, 'GET', '/v1/currencies', { key }),
      ),
    );
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(3);
    expect(await rowsOf(requestId)).toEqual([]);
    await system.kill('api', 'SIGTERM');
    const text = `SELECT * FROM audit_logs WHERE action = 'refuse' ORDER BY http_status`;
    const rows = await queryOnce<AuditRow>(system.database.admin, text);
    expect(rows).toMatchObject([
      {
        ...{ partner_id: null, actor_type: 'anonymous', actor: 'anonymous', http_status: 401 },
        ...{ occurrences: 5, ip_address: '127.0.0.1', user_agent: 'Auditor/1.0' },
        ...{ request_id: requestId, changes: { code: 'unauthorized' } },
      },
      { actor_type: 'partner', http_status: 429, occurrences: 3, resource_type: 'request' },
    ]);
    expect(rows[1]?.partner_id).not.toBeNull();
  });
});
