import { randomUUID } from 'node:crypto';
import { lifecycleJobs } from '../../apps/api/src/modules/lifecycle/lifecycle-jobs.js';
import { createPayment, paymentBody, postRefund } from '../factories/payments.js';
import type { List } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { type Event, FeedReader, writeAtOnce } from './support/event-feed.js';
import { readAllPages } from './support/pages.js';
import { expectProblem } from './support/problems.js';
import { until } from './support/until.js';

const writers = 16;
const payments = 8;
// A transaction in any other database of the server holds the feed back too.
const patienceMs = 40_000;

describe('events', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ env: { WORKER_POLL_MS: '100' } });
  });
  afterAll(() => system?.stop());

  async function timeline(id: string): Promise<Event[]> {
    const path = `/v1/transactions/${id}/events`;
    return (await call<List<Event>>(system, 'GET', path)).body.data;
  }

  it('tell the story of a payment without a gap, with actor and request', async () => {
    const [paying, refunding] = [randomUUID(), randomUUID()];
    const headers = (id: string) => ({ headers: { 'x-request-id': id } });
    const { id } = await createPayment(system, {}, headers(paying));
    const refund = await postRefund(system, id, { amount: '4.00' }, headers(refunding));
    const refundId = refund.body.id;
    const provider = 'provider:stripe';
    const none = { refund_id: null, error_message: null };
    const story = await timeline(id);
    expect(story).toMatchObject([
      {
        ...{ ...none, event_type: 'created', from_status: null, status: 'processing' },
        ...{ sequence: 1, created_by: 'partner', request_id: paying, object: 'event' },
      },
      {
        ...{ ...none, event_type: 'payment_completed', from_status: 'processing' },
        ...{ sequence: 2, status: 'completed', created_by: provider, request_id: paying },
        provider_response: { id: expect.stringMatching(/^pi_/) as string, status: 'succeeded' },
      },
      { sequence: 3, event_type: 'refund_initiated', refund_id: refundId, created_by: 'partner' },
      { sequence: 4, refund_id: refundId },
      { sequence: 5 },
    ]);
    expect(story).toHaveLength(5);
    expect(
      story
        .map((event) => event.event_type)
        .slice(3)
        .sort(),
    ).toEqual([...['refund_completed', 'status_changed']]);
    expect(story.slice(2).map((event) => event.request_id)).toEqual(Array(3).fill(refunding));
    const moved = story.find((event) => event.event_type === 'status_changed');
    expect(moved).toMatchObject({ from_status: 'completed', status: 'partially_refunded' });
  });

  it('and all other records have a life cycle, which the worker goes through by itself', async () => {
    const text = `SELECT job FROM lifecycle_runs WHERE last_succeeded_at IS NOT NULL
      AND next_run_at > last_succeeded_at + interval '23 hours'`;
    const ask = () => queryOnce<{ job: string }>(system.database.admin, text);
    const jobs = lifecycleJobs.map(({ name }) => name).sort();
    const ran = await until('the jobs', ask, (rows) => rows.length === jobs.length);
    expect(ran.map(({ job }) => job).sort()).toEqual(jobs);
  });

  it('say why a payment failed', async () => {
    const token = 'pm_card_visa_chargeDeclinedInsufficientFunds';
    const { id, error_message: message } = await createPayment(system, {
      payment_method_token: token,
    });
    expect((await timeline(id)).at(-1)).toMatchObject({
      ...{ event_type: 'payment_failed', status: 'failed', error_message: message },
    });
  });

  it('are not written for a request that is repeated', async () => {
    const [body, idempotencyKey] = [paymentBody(), randomUUID()];
    const post = () => createPayment(system, body, { idempotencyKey, body });
    const { id } = await post();
    const before = await timeline(id);
    await post();
    expect(await timeline(id)).toEqual(before);
  });

  it('of another partner or of nothing are the same 404', async () => {
    const { id } = await createPayment(system);
    const key = system.credentials.second_partner_api_key;
    for (const wanted of [id, randomUUID()]) {
      const answer = await call(system, 'GET', `/v1/transactions/${wanted}/events`, { key });
      expectProblem(answer, 404, 'transaction_not_found');
    }
    expect(await timeline(id)).toHaveLength(2);
  });

  it('reach a reader of the feed once each, while sixteen writers hold transactions open', async () => {
    const partner = await call<{ id: string }>(system, 'GET', '/v1/partner');
    const partnerId = partner.body.id;
    const reader = new FeedReader(system);
    const pay = async () => {
      const { id } = await createPayment(system);
      await postRefund(system, id, { amount: '1.00' });
    };
    await reader.during(
      Promise.all([
        writeAtOnce(system, { count: writers, partnerId, reader }),
        ...Array.from({ length: payments }, pay),
      ]),
    );
    const { seen } = reader;
    const text = 'SELECT id FROM transaction_events WHERE partner_id = $1';
    const ask = () => queryOnce<{ id: string }>(system.database.admin, text, [partnerId]);
    const missing = async () => (await reader.readOn(), (await ask()).length - seen.length);
    const isComplete = (count: number) => count <= 0;
    expect(await until('the end of the feed', missing, isComplete, patienceMs)).toBe(0);
    const all = (await ask()).map((row) => row.id).sort();
    expect(seen.map((event) => event.id).sort()).toEqual(all);
    expect(all.length).toBeGreaterThan(writers * 10);
    const again = await readAllPages<Event>(system, '/v1/events?limit=100', {
      cursorName: 'after',
    });
    expect(again.map((event) => event.id)).toEqual(seen.map((event) => event.id));
    expectOrder(seen);
  });

  it('come again in their order after a dump was restored, when a cursor of before is refused', async () => {
    const read = () => readAllPages<Event>(system, '/v1/events?limit=100', { cursorName: 'after' });
    const before = await read();
    const first = await call<List<Event>>(system, 'GET', '/v1/events?limit=1');
    const after = `/v1/events?after=${first.body.next_cursor}`;
    expect((await call(system, 'GET', after)).status).toBe(200);
    await queryOnce(system.database.admin, 'SELECT begin_event_feed_epoch()');
    const refused = await call(system, 'GET', after);
    expectProblem(refused, 400, 'cursor_invalid');
    expect(refused.body).toMatchObject({ detail: expect.stringContaining('without `after`') });
    expect((await read()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    const { id } = await createPayment(system);
    const isThere = (events: Event[]) => events.length >= before.length + 2;
    const later = await until('the new events', read, isThere, patienceMs);
    expect(later.slice(before.length).map((event) => event.transaction_id)).toEqual([id, id]);
  });

  it('of one partner are not in the feed of another', async () => {
    const key = system.credentials.second_partner_api_key;
    const { id } = await createPayment(system, {}, { key });
    const theirs = await readAllPages<Event>(system, '/v1/events', { key, cursorName: 'after' });
    expect(theirs.map((event) => event.transaction_id)).toEqual([id, id]);
  });
});

/** The events of each payment come as 1, 2, 3 and so on. */
function expectOrder(events: Event[]): void {
  const sequences = new Map<string, number[]>();
  for (const { transaction_id: id, sequence } of events) {
    sequences.set(id, [...(sequences.get(id) ?? []), sequence]);
  }
  for (const found of sequences.values()) {
    expect(found).toEqual(found.map((_, index) => index + 1));
  }
}
