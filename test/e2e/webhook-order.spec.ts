import { setTimeout as sleep } from 'node:timers/promises';
import type { Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { sizes } from '../support/sizes.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { charges } from './support/sandbox.js';
import { WebhookCapture, type CapturedWebhook } from './support/webhook-capture.js';
import {
  adyenJourneys,
  type Journey,
  type JourneyEnd,
  payPalJourneys,
  stripeJourneys,
} from './support/webhook-journeys.js';
import { until } from './support/until.js';

const quietMs = 300;
const seeds = Array.from({ length: sizes.webhookOrders }, (_, index) => index + 1);

interface State extends JourneyEnd {
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

describe.each([
  ['stripe', stripeJourneys],
  ['adyen', adyenJourneys],
  ['paypal', payPalJourneys],
])('the webhooks of %s, in any order and more than once', (provider, journeys) => {
  let system: TestSystem;
  const capture = new WebhookCapture();

  beforeAll(async () => {
    const sandboxEnv = { ...(await capture.start()), SANDBOX_SETTLE_MS: '20' };
    system = await startSystem({ env: { WORKER_POLL_MS: '20' }, worker: 2, sandboxEnv });
  });
  afterAll(async () => {
    await system?.stop();
    await capture.stop();
  });

  async function deliver({ provider: to, headers, body }: CapturedWebhook): Promise<void> {
    const url = `${system.baseUrl}/webhooks/${to}`;
    const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
    expect(answer.status).toBe(200);
    // Adyen sends again what is not answered by these bytes.
    expect(await answer.text()).toBe(to === 'adyen' ? '[accepted]' : '{"received":true}');
  }

  /** Until the sandbox has nothing more to tell. */
  async function quiet(): Promise<void> {
    for (let known = -1; known !== capture.webhooks.length; await sleep(quietMs)) {
      known = capture.webhooks.length;
    }
  }

  async function stateOf({ id }: Payment): Promise<State> {
    const [row] = await queryOnce<State>(
      system.database.admin,
      `SELECT status::text, round(amount_refunded, 2)::text AS refunded,
         ARRAY(SELECT concat_ws(' ', r.status, round(r.amount, 2), r.source) FROM refunds AS r
           WHERE r.transaction_id = t.id ORDER BY 1) AS refunds,
         ARRAY(SELECT sequence FROM transaction_events AS e WHERE e.transaction_id = t.id
           ORDER BY 1) AS sequences
       FROM transactions AS t WHERE id = $1`,
      [id],
    );
    if (!row) throw new Error(`no payment ${id}`);
    return row;
  }

  const open = () =>
    queryOnce(
      system.database.admin,
      `SELECT event_type, status, last_error FROM provider_webhooks
       WHERE status IN ('received', 'parked', 'failed')`,
    );

  async function play(journey: Journey): Promise<[Journey, Payment]> {
    return [journey, await journey.begin(system)];
  }

  it.each(seeds)(
    'end in the same state: seed %i',
    async (seed) => {
      const draw = random(seed);
      const played = await Promise.all(journeys.map(play));
      await quiet();
      expect(capture.webhooks.length).toBeGreaterThan(journeys.length);
      // What the worker then does at the provider is told, too.
      while (capture.webhooks.length > 0) {
        for (const webhook of shuffled(capture.webhooks.splice(0), draw)) await deliver(webhook);
        await until('all to be applied', open, (rows) => rows.length === 0, 30_000);
        await quiet();
      }
      for (const [{ name, end }, payment] of played) {
        const { sequences, ...state } = await stateOf(payment);
        expect({ provider, name, ...state }).toEqual({ provider, name, ...end });
        expect(sequences).toEqual(sequences.map((_, index) => index + 1));
        const taken = (await charges(system, payment.id)).filter(
          ({ status }) => status === 'succeeded',
        );
        const given = taken.reduce((sum, { refunded }) => sum + refunded, 0);
        expect([taken.length, given]).toEqual([
          end.status === 'failed' ? 0 : 1,
          Number(end.refunded) * 100,
        ]);
      }
    },
    60_000,
  );
});
