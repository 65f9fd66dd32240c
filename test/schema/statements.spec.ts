import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createPartner, createPayment, totalsOf } from './support/rows.js';
import { type ScratchDatabase, startScratchDatabase } from './support/scratch-database.js';
import { inTransaction } from './support/sessions.js';
import { insertEvent, insertIntents, insertRefunds, settleIntents } from './support/statements.js';

interface EventRow {
  sequence: number;
  event_type: string;
  from_status: string | null;
  status: string | null;
  created_by: string;
  request_id: string | null;
  provider_response: unknown;
}

describe('one statement of the API for each step', () => {
  let database: ScratchDatabase;
  let owner: pg.Client;
  let api: pg.Client;
  let first: string;
  let second: string;
  const at = new Date('2026-03-01T10:00:00.123Z');

  beforeAll(async () => {
    database = await startScratchDatabase();
    owner = await database.connect();
    api = await database.connect('payments_api');
    first = await createPartner(owner);
    second = await createPartner(owner);
  });
  afterAll(() => database?.stop());

  const asApi = (sql: string, values: unknown[], partners = [first, second]) =>
    inTransaction(api, { partners }, () => api.query(sql, values));

  const eventsOf = async (id: string) => {
    const result = await owner.query<EventRow>(
      `SELECT sequence, event_type, from_status, status, created_by, request_id, provider_response
       FROM transaction_events WHERE transaction_id = $1 ORDER BY sequence`,
      [id],
    );
    return result.rows;
  };

  /** Two payments of two partners in one batch, each with its own request id. */
  const intents = async () => {
    const ids = [randomUUID(), randomUUID()].toSorted();
    const requests = [randomUUID(), randomUUID()];
    const keys = [randomUUID(), randomUUID()];
    const result = await asApi(insertIntents, [ids, [first, second], keys, requests]);
    return { ids, requests, keys, rows: result.rows };
  };

  it('takes the intents of several partners, with attempts, events and audit rows', async () => {
    const { ids, requests, rows } = await intents();
    expect(rows).toEqual([
      { id: ids[0], partner_id: first, version: 1, last_sequence: 2 },
      { id: ids[1], partner_id: second, version: 1, last_sequence: 2 },
    ]);
    for (const [n, id] of ids.entries()) {
      expect(await eventsOf(id)).toMatchObject([
        {
          sequence: 1,
          event_type: 'created',
          status: 'processing',
          created_by: 'partner',
          request_id: requests[n],
        },
        { sequence: 2, event_type: 'attempt_started', status: null, request_id: requests[n] },
      ]);
    }
    const audit = await owner.query(
      'SELECT partner_id, request_id FROM audit_logs WHERE resource_id = $1',
      [ids[1]],
    );
    expect(audit.rows).toEqual([{ partner_id: second, request_id: requests[1] }]);
  });

  it('makes nothing of a key that is claimed already', async () => {
    const { keys } = await intents();
    const again = [[randomUUID(), randomUUID()], [first, second], keys, [null, null]];
    expect((await asApi(insertIntents, again)).rows).toEqual([]);
  });

  it('settles a batch: each event has its own request id and the answer of its provider', async () => {
    const { ids, rows } = await intents();
    const requests = [randomUUID(), randomUUID()];
    const versions = rows.map((row: { version: number }) => row.version);
    const result = await asApi(settleIntents, [ids, [first, second], versions, requests, at]);
    expect(result.rows).toEqual([
      { id: ids[0], partner_id: first, version: 2, last_sequence: 4, updated_at: at },
      { id: ids[1], partner_id: second, version: 2, last_sequence: 4, updated_at: at },
    ]);
    for (const [n, id] of ids.entries()) {
      expect((await eventsOf(id)).slice(2)).toEqual([
        expect.objectContaining({
          sequence: 3,
          event_type: 'webhook_received',
          request_id: requests[n],
        }),
        {
          sequence: 4,
          event_type: 'payment_completed',
          from_status: 'processing',
          status: 'completed',
          created_by: 'provider:stripe',
          request_id: requests[n],
          provider_response: { id: `pi_${id}` },
        },
      ]);
    }
    const keys = await owner.query(
      'SELECT http_status FROM idempotency_keys WHERE resource_id = ANY ($1)',
      [ids],
    );
    expect(keys.rows).toEqual([{ http_status: 201 }, { http_status: 201 }]);
  });

  it('changes nothing for an item that names the payment of another partner of the batch', async () => {
    const { ids } = await intents();
    const swapped = [ids, [second, first], [1, 1], [randomUUID(), randomUUID()], at];
    expect((await asApi(settleIntents, swapped)).rows).toEqual([]);
    const { rows } = await owner.query(
      'SELECT DISTINCT status FROM transactions WHERE id = ANY ($1)',
      [ids],
    );
    expect(rows).toEqual([{ status: 'processing' }]);
  });

  it('changes nothing when the version has moved on', async () => {
    const { ids } = await intents();
    const stale = [ids, [first, second], [1, 7], [null, null], at];
    const result = await asApi(settleIntents, stale);
    expect(result.rows.map((row: { id: string }) => row.id)).toEqual([ids[0]]);
  });

  it('takes the refunds of a batch, and none for another partner’s payment', async () => {
    const mine = await createPayment(owner, first);
    const theirs = await createPayment(owner, second);
    const keys = [randomUUID(), randomUUID(), randomUUID()];
    const items = [[mine, theirs, theirs], [first, second, first], keys, [null, null, null]];
    const result = await asApi(insertRefunds, items);
    const made = result.rows.map((row: { partner_id: string }) => row.partner_id);
    expect(made.toSorted()).toEqual([first, second].toSorted());
    for (const payment of [mine, theirs]) {
      expect(await totalsOf(owner, payment)).toMatchObject({ reserved: '60', sum: '60' });
    }
  });

  it('writes an event of its own without moving version or updated_at', async () => {
    const { ids } = await intents();
    const stateOf = async () =>
      (await owner.query('SELECT version, updated_at FROM transactions WHERE id = $1', [ids[0]]))
        .rows[0];
    const before = await stateOf();
    const request = randomUUID();
    expect((await asApi(insertEvent, [ids[0], first, request])).rows).toEqual([{ sequence: 3 }]);
    expect(await stateOf()).toEqual(before);
    expect((await eventsOf(ids[0])).at(-1)).toMatchObject({
      sequence: 3,
      event_type: 'outcome_unknown',
      created_by: 'system',
      request_id: request,
    });
    expect((await asApi(insertEvent, [ids[1], first, request])).rows).toEqual([]);
  });
});
