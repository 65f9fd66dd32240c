import { randomUUID } from 'node:crypto';
import { createPayment, paymentBody, postRefund } from '../factories/payments.js';
import type { List } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { readAllPages } from './support/pages.js';
import { expectProblem } from './support/problems.js';
import { until } from './support/until.js';

interface Event {
  id: string;
  transaction_id: string;
  refund_id: string | null;
  sequence: number;
  event_type: string;
  from_status: string | null;
  status: string | null;
  provider_response: object | null;
  error_message: string | null;
  created_by: string;
  request_id: string | null;
}

const writers = 8;
const paymentsOfWriter = 5;

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

  it('reach a reader of the feed once each while eight writers write', async () => {
    const written = new AbortController();
    const seen: Event[] = [];
    let after: string | null = null;
    const readOn = async () => {
      const path = `/v1/events?limit=10${after === null ? '' : `&after=${after}`}`;
      const { body } = await call<List<Event>>(system, 'GET', path);
      seen.push(...body.data);
      after = body.next_cursor;
      return body.data.length;
    };
    const reading = (async () => {
      while (!written.signal.aborted) await readOn();
    })();
    await Promise.all(
      Array.from({ length: writers }, async () => {
        for (let count = 0; count < paymentsOfWriter; count++) {
          const { id } = await createPayment(system);
          await postRefund(system, id, { amount: '1.00' });
        }
      }),
    );
    written.abort();
    await reading;
    expect(seen.length).toBeGreaterThan(0);
    const text = `SELECT e.id FROM transaction_events e JOIN transactions t ON t.id = e.transaction_id
      WHERE e.partner_id = $1`;
    const partner = await call<{ id: string }>(system, 'GET', '/v1/partner');
    const ask = () => queryOnce<{ id: string }>(system.database.admin, text, [partner.body.id]);
    const missing = async () => (await readOn(), (await ask()).length - seen.length);
    expect(await until('the end of the feed', missing, (count) => count <= 0)).toBe(0);
    const all = (await ask()).map((row) => row.id).sort();
    expect(seen.map((event) => event.id).sort()).toEqual(all);
    expect(all.length).toBeGreaterThanOrEqual(writers * paymentsOfWriter * 5);
    const again = await readAllPages<Event>(system, '/v1/events?limit=100', {
      cursorName: 'after',
    });
    expect(again.map((event) => event.id)).toEqual(seen.map((event) => event.id));
    expectNoGaps(seen);
  });

  it('of one partner are not in the feed of another', async () => {
    const key = system.credentials.second_partner_api_key;
    const { id } = await createPayment(system, {}, { key });
    const theirs = await readAllPages<Event>(system, '/v1/events', { key, cursorName: 'after' });
    expect(theirs.map((event) => event.transaction_id)).toEqual([id, id]);
  });
});

function expectNoGaps(events: Event[]): void {
  const sequences = new Map<string, number[]>();
  for (const { transaction_id: id, sequence } of events) {
    sequences.set(id, [...(sequences.get(id) ?? []), sequence]);
  }
  for (const found of sequences.values()) {
    expect(found.sort((a, b) => a - b)).toEqual(found.map((_, index) => index + 1));
  }
}
