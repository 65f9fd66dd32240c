import { setTimeout as sleep } from 'node:timers/promises';
import { queryOnce } from '../support/databases.js';
import { sizes } from '../support/sizes.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { behave, charges, sentWebhooks } from './support/sandbox.js';
import { WebhookCapture, type CapturedWebhook } from './support/webhook-capture.js';
import {
  adyenJourneys,
  type Begun,
  type Journey,
  type JourneyEnd,
  payPalJourneys,
  stripeJourneys,
} from './support/webhook-journeys.js';
import { until } from './support/until.js';

const settleMs = 20;
const quietMs = 5 * settleMs;
/** What costs time is waiting: many orders wait together. */
const seedsTogether = 5;
const batches = Array.from({ length: Math.ceil(sizes.webhookOrders / seedsTogether) }, (_, index) =>
  Array.from(
    { length: Math.min(seedsTogether, sizes.webhookOrders - index * seedsTogether) },
    (__, offset) => index * seedsTogether + offset + 1,
  ),
);
const journeys = [...stripeJourneys, ...adyenJourneys, ...payPalJourneys];

/** One journey under one seed. */
type Played = Journey & Begun & { seed: number };

interface State extends JourneyEnd {
  id: string;
  sequences: number[];
}

/** mulberry32: the same numbers on every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Each once or more, in an order of the seed's own. */
function shuffled<Item>(items: Item[], draw: () => number): Item[] {
  const copies = items.flatMap((item) => (draw() < 0.4 ? [item, item] : [item]));
  return copies
    .map((item) => ({ item, place: draw() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

describe('the webhooks of all providers, in any order and more than once', () => {
  let system: TestSystem;
  const capture = new WebhookCapture();
  /** The seed of each payment and refund, by all names that webhooks call it. */
  const seedOf = new Map<string, number>();

  beforeAll(async () => {
    const sandboxEnv = { ...(await capture.start()), SANDBOX_SETTLE_MS: String(settleMs) };
    system = await startSystem({ env: { WORKER_POLL_MS: '20' }, worker: 2, sandboxEnv });
  });
  afterAll(async () => {
    await system?.stop();
    await capture.stop();
  });

  async function play(seed: number, chosen = journeys): Promise<Played[]> {
    return Promise.all(
      chosen.map(async (journey) => {
        const begun = await journey.begin(system);
        const { payment, refundId } = begun;
        for (const name of [payment.id, payment.provider_transaction_id, refundId]) {
          if (name) seedOf.set(name, seed);
        }
        return { ...journey, ...begun, seed };
      }),
    );
  }

  async function deliver(webhook: CapturedWebhook): Promise<void> {
    const { provider, headers, body } = webhook;
    const url = `${system.baseUrl}/webhooks/${provider}`;
    const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
    const text = await answer.text();
    // PayPal's certificate is still being fetched.
    if (answer.status === 503 && provider === 'paypal') return deliver(webhook);
    // Adyen sends again what is not answered by these bytes.
    const accepted = provider === 'adyen' ? '[accepted]' : '{"received":true}';
    expect([answer.status, text]).toEqual([200, accepted]);
  }

  /** All that came, by the seed of the payment that it is about. */
  function taken(): Map<number, CapturedWebhook[]> {
    const bySeed = new Map<number, CapturedWebhook[]>();
    for (const webhook of capture.webhooks.splice(0)) {
      const text = webhook.body.toString();
      const [, seed] = [...seedOf].find(([name]) => text.includes(name)) ?? [];
      if (seed === undefined) throw new Error(`a webhook about no payment: ${text}`);
      bySeed.set(seed, [...(bySeed.get(seed) ?? []), webhook]);
    }
    return bySeed;
  }

  /** Until the sandbox has nothing more to tell: nothing is on its way, and for longer than it settles nothing was. */
  async function quiet(): Promise<void> {
    let known: number;
    do {
      known = capture.webhooks.length;
      await sleep(quietMs);
      await until(
        'all to arrive',
        () => sentWebhooks(system),
        (sent) => sent.every(({ status }) => status !== 'pending'),
      );
    } while (known !== capture.webhooks.length);
  }

  const open = () =>
    queryOnce(
      system.database.admin,
      `SELECT event_type, status, last_error FROM provider_webhooks
       WHERE status IN ('received', 'parked', 'failed')`,
    );

  async function statesOf(played: Played[]): Promise<Map<string, State>> {
    const rows = await queryOnce<State>(
      system.database.admin,
      `SELECT id, status::text, round(amount_refunded, 2)::text AS refunded,
         ARRAY(SELECT concat_ws(' ', r.status, round(r.amount, 2), r.source) FROM refunds AS r
           WHERE r.transaction_id = t.id ORDER BY 1) AS refunds,
         ARRAY(SELECT event_type::text FROM transaction_events AS e WHERE e.transaction_id = t.id
           AND event_type::text LIKE 'dispute%' ORDER BY 1) AS disputes,
         ARRAY(SELECT sequence FROM transaction_events AS e WHERE e.transaction_id = t.id
           ORDER BY 1) AS sequences
       FROM transactions AS t WHERE id = ANY ($1)`,
      [played.map(({ payment }) => payment.id)],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  it.each(batches.map((seeds) => [`${seeds[0]} to ${seeds.at(-1)}`, seeds] as const))(
    'end in the same state: seeds %s',
    async (_, seeds) => {
      const draws = new Map(seeds.map((seed) => [seed, random(seed)]));
      const played: Played[] = [];
      for (const seed of seeds) played.push(...(await play(seed)));
      await quiet();
      expect(capture.webhooks.length).toBeGreaterThan(played.length);
      // What the worker then does at the provider is told, too.
      while (capture.webhooks.length > 0) {
        const deliveries = [...taken()].map(async ([seed, webhooks]) => {
          const draw = draws.get(seed) ?? Math.random;
          for (const webhook of shuffled(webhooks, draw)) await deliver(webhook);
        });
        await Promise.all(deliveries);
        await until('all to be applied', open, (rows) => rows.length === 0, 60_000);
        await quiet();
      }
      const states = await statesOf(played);
      const ledger = await charges(system);
      for (const { seed, name, end, payment } of played) {
        const { id, sequences = [], ...state } = states.get(payment.id) ?? {};
        const what = { seed, provider: payment.provider, name };
        expect({ ...what, id, ...state }).toEqual({ ...what, id: payment.id, ...end });
        expect(sequences).toEqual(sequences.map((__, index) => index + 1));
        const paid = ledger.filter(
          ({ transaction_id, status }) => transaction_id === id && status === 'succeeded',
        );
        const given = paid.reduce((sum, { refunded }) => sum + refunded, 0);
        const times = end.status === 'failed' || end.status === 'cancelled' ? 0 : 1;
        expect([paid.length, given]).toEqual([times, Number(end.refunded) * 100]);
      }
    },
    180_000,
  );

  it('are looked up again when PayPal did not answer', async () => {
    const dispute = payPalJourneys.filter(({ name }) => name === 'dispute that is won');
    const played = await play(0, dispute);
    await quiet();
    const lookUp = { method: 'GET', path: '/v2/payments/captures', script: 'garbage_body' };
    await behave(system, { ...lookUp, times: 2 });
    for (const webhook of capture.webhooks.splice(0)) await deliver(webhook);
    await until('all to be applied', open, (rows) => rows.length === 0, 30_000);
    const [state] = (await statesOf(played)).values();
    expect(state?.disputes).toEqual(['dispute_opened', 'dispute_won']);
    const tried = `SELECT attempt_count > 1 AS again FROM provider_webhooks
      WHERE transaction_id = $1 AND event_type LIKE 'CUSTOMER.DISPUTE.%'`;
    const rows = await queryOnce(system.database.admin, tried, [state?.id]);
    expect(rows).toEqual([{ again: true }, { again: true }]);
  });
});
