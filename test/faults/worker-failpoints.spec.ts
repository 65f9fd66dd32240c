import { randomUUID } from 'node:crypto';
import type { Failpoint } from '../../apps/api/src/failpoints.js';
import { behave, charges, ledgerRefunds } from '../e2e/support/sandbox.js';
import { approvePayment, eventOf, sendWebhook } from '../e2e/support/stripe-webhooks.js';
import { until } from '../e2e/support/until.js';
import { WebhookShops } from '../e2e/support/webhook-shops.js';
import { createPayment, postRefund, readEventTypes, readPayment } from '../factories/payments.js';
import type { Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { armedAt, deathOf, patient } from './support/victim.js';

type OfTheWorker = Extract<
  Failpoint,
  `${string}_recovery.${string}` | `webhook.after_${'claim' | 'outcome'}` | `delivery.${string}`
>;

/** One thing that a worker does, and how it ends when a worker lives. */
interface Work {
  /** Makes it due, alone. */
  offer(): Promise<unknown>;
  end(): Promise<void>;
}

/** What a dead worker had taken stays leased to it: the next one dies of other work. */
const env = { ...patient, IDEMPOTENCY_LEASE_MS: '600000' };

const kept = `UPDATE transactions SET next_sync_at = next_sync_at + interval '1 hour'
  WHERE next_sync_at IS NOT NULL`;
const keptRefunds = `UPDATE refunds SET next_sync_at = next_sync_at + interval '1 hour'
  WHERE next_sync_at IS NOT NULL`;

const keptDeliveries = `UPDATE webhook_deliveries SET next_attempt_at = next_attempt_at + interval '1 hour'
  WHERE status = 'pending'`;
const steps = ['after_claim', 'after_provider', 'after_answer', 'after_outcome'] as const;

describe('a worker that dies at', () => {
  let system: TestSystem;
  let shops: WebhookShops;
  const works = new Map<OfTheWorker, Work>();

  const reaches = (id: string, status: string): Promise<Payment> =>
    until(
      status,
      () => readPayment(system, id),
      (payment) => payment.status === status,
      20_000,
    );

  function makeDue(table: 'transactions' | 'refunds', id: string): Promise<unknown> {
    const due = `next_sync_at = clock_timestamp() WHERE status = 'processing' AND id = $1`;
    const text = { transactions: 'UPDATE transactions SET ', refunds: 'UPDATE refunds SET ' };
    return queryOnce(system.database.admin, text[table] + due, [id]);
  }

  async function payOnce(): Promise<Work> {
    const token = 'pm_sandbox_timeout_then_success';
    const { id, status } = await createPayment(system, { payment_method_token: token });
    expect(status).toBe('processing');
    const end = async () => {
      await reaches(id, 'completed');
      expect(await charges(system, id)).toHaveLength(1);
      const told = await readEventTypes(system, id);
      expect(told.filter((type) => type === 'payment_completed')).toHaveLength(1);
    };
    return { offer: () => makeDue('transactions', id), end };
  }

  async function refundOnce(): Promise<Work> {
    const { id } = await createPayment(system);
    await behave(system, { script: 'timeout_then_success', path: '/v1/refunds' });
    const { body } = await postRefund(system, id, { amount: '4.00' });
    expect(body.status).toBe('processing');
    const end = async () => {
      expect(await reaches(id, 'partially_refunded')).toMatchObject({ amount_refunded: '4.00' });
      expect(await ledgerRefunds(system, id)).toEqual([expect.objectContaining({ amount: 400 })]);
    };
    return { offer: () => makeDue('refunds', body.id), end };
  }

  async function applyOnce(): Promise<Work> {
    const { id, object } = await approvePayment(system);
    const event = eventOf(object);
    const due = `UPDATE provider_webhooks SET next_attempt_at = clock_timestamp()
      WHERE status IN ('received', 'parked') AND provider_event_id LIKE $1 || '%'`;
    let sent = false;
    const offer = async () => {
      if (!sent) expect((await sendWebhook(system, event)).status).toBe(200);
      sent = true;
      await queryOnce(system.database.admin, due, [event.id]);
    };
    const end = async () => {
      await reaches(id, 'completed');
      const text = `SELECT status FROM provider_webhooks WHERE provider_event_id LIKE $1 || '%'`;
      const ask = () => queryOnce<{ status: string }>(system.database.admin, text, [event.id]);
      await until('the webhook', ask, ([row]) => row?.status === 'applied');
      expect(await readEventTypes(system, id)).toEqual(['created', 'payment_completed']);
    };
    return { offer, end };
  }

  /** A lease is long; moving what is due to now gives it to the next worker. */
  async function deliver(times: number): Promise<Work> {
    const shop = await shops.subscribe(`/${randomUUID()}`);
    await createPayment(system, { confirm: false }, { key: shop.api_key });
    const due = `UPDATE webhook_deliveries SET leased_until = NULL, next_attempt_at =
      clock_timestamp() WHERE partner_id = $1 AND status = 'pending'`;
    const offer = () => queryOnce(system.database.admin, due, [shop.id]);
    const end = async () => {
      const [delivery] = await shops.settle(shop, 'delivered', 1);
      const path = new URL(shop.webhook_url ?? '').pathname;
      const ids = shops.receivedAt(path).map(({ headers }) => headers['webhook-id']);
      expect(ids).toEqual(Array(times).fill(delivery?.id));
      expect(delivery?.attempt_count).toBe(2);
    };
    return { offer, end };
  }

  const ways: Record<OfTheWorker, () => Promise<Work>> = {
    'payment_recovery.after_claim': payOnce,
    'payment_recovery.after_provider': payOnce,
    'payment_recovery.after_outcome': payOnce,
    'refund_recovery.after_claim': refundOnce,
    'refund_recovery.after_provider': refundOnce,
    'refund_recovery.after_outcome': refundOnce,
    'webhook.after_claim': applyOnce,
    'webhook.after_outcome': applyOnce,
    'delivery.after_claim': () => deliver(1),
    'delivery.after_answer': () => deliver(2),
  };
  const names = Object.keys(ways) as OfTheWorker[];

  /** Starts a worker that dies of one payment, one refund and one webhook. */
  async function die(step: (typeof steps)[number]): Promise<void> {
    const at = names.filter((name) => name.endsWith(step));
    await system.start('worker', armedAt(...at));
    await Promise.all(at.map(async (name) => works.get(name)?.offer()));
    await deathOf(system, 'worker');
  }

  beforeAll(async () => {
    const sandboxEnv = { STRIPE_WEBHOOK_URL: '' };
    system = await startSystem({ env, sandboxEnv, firstStart: { worker: null } });
    shops = new WebhookShops(system);
    await shops.start();
    await Promise.all(names.map(async (name) => works.set(name, await ways[name]())));
    for (const text of [kept, keptRefunds, keptDeliveries])
      await queryOnce(system.database.admin, text);
    for (const step of steps) await die(step);
    // What the dead workers had taken is leased to them for a while.
    await Promise.all(names.map(async (name) => works.get(name)?.offer()));
    await system.start('worker');
  }, 120_000);
  afterAll(async () => {
    await system?.stop();
    await shops?.stop();
  });

  it.each(names)('%s loses nothing and does nothing twice', async (name) => {
    const end = works.get(name)?.end() ?? Promise.reject(new Error('no work'));
    await expect(end).resolves.toBeUndefined();
  });
});
