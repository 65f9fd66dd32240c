import type { Failpoint } from '../../apps/api/src/failpoints.js';
import { behave, charges, ledgerRefunds } from '../e2e/support/sandbox.js';
import { approvePayment, eventOf, sendWebhook } from '../e2e/support/stripe-webhooks.js';
import { until } from '../e2e/support/until.js';
import { createPayment, postRefund, readPayment } from '../factories/payments.js';
import type { List, Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { arm, deathOf, impatient, revive } from './support/victim.js';

type OfTheWorker = Extract<
  Failpoint,
  `${string}_recovery.${string}` | `webhook.after_${'claim' | 'outcome'}`
>;

describe('a worker that dies at', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({ env: impatient, sandboxEnv: { STRIPE_WEBHOOK_URL: '' } });
  });
  afterAll(() => system?.stop());

  /** Kills the worker at the failpoint, lets another one come, and waits for its work. */
  async function survive(failpoint: OfTheWorker, offerWork: () => Promise<unknown>): Promise<void> {
    await arm(system, 'worker', failpoint);
    await offerWork();
    await deathOf(system, 'worker');
    await revive(system, 'worker');
    // What the dead worker had taken is leased to it for a while.
    await offerWork();
  }

  const reaches = (id: string, status: string): Promise<Payment> =>
    until(
      status,
      () => readPayment(system, id),
      (payment) => payment.status === status,
    );

  async function events(id: string): Promise<string[]> {
    const path = `/v1/transactions/${id}/events`;
    const { body } = await call<List<{ event_type: string }>>(system, 'GET', path);
    return body.data.map((event) => event.event_type);
  }

  function makeDue(table: 'transactions' | 'refunds', id: string): Promise<unknown> {
    const due = `next_sync_at = clock_timestamp() WHERE status = 'processing' AND id = $1`;
    const text = { transactions: 'UPDATE transactions SET ', refunds: 'UPDATE refunds SET ' };
    return queryOnce(system.database.admin, text[table] + due, [id]);
  }

  async function payOnce(failpoint: OfTheWorker): Promise<void> {
    const token = 'pm_sandbox_timeout_then_success';
    const { id, status } = await createPayment(system, { payment_method_token: token });
    expect(status).toBe('processing');
    await survive(failpoint, () => makeDue('transactions', id));
    await reaches(id, 'completed');
    expect(await charges(system, id)).toHaveLength(1);
    const told = await events(id);
    expect(told.filter((type) => type === 'payment_completed')).toHaveLength(1);
  }

  async function refundOnce(failpoint: OfTheWorker): Promise<void> {
    const { id } = await createPayment(system);
    await behave(system, { script: 'timeout_then_success', path: '/v1/refunds' });
    const { body } = await postRefund(system, id, { amount: '4.00' });
    expect(body.status).toBe('processing');
    await survive(failpoint, () => makeDue('refunds', body.id));
    expect(await reaches(id, 'partially_refunded')).toMatchObject({ amount_refunded: '4.00' });
    expect(await ledgerRefunds(system, id)).toEqual([expect.objectContaining({ amount: 400 })]);
  }

  async function applyOnce(failpoint: OfTheWorker): Promise<void> {
    const { id, object } = await approvePayment(system);
    const event = eventOf(object);
    const due = `UPDATE provider_webhooks SET next_attempt_at = clock_timestamp()
      WHERE status IN ('received', 'parked') AND provider_event_id LIKE $1 || '%'`;
    let sent = false;
    await survive(failpoint, async () => {
      if (!sent) expect((await sendWebhook(system, event)).status).toBe(200);
      sent = true;
      await queryOnce(system.database.admin, due, [event.id]);
    });
    await reaches(id, 'completed');
    const text = `SELECT status FROM provider_webhooks WHERE provider_event_id LIKE $1 || '%'`;
    const ask = () => queryOnce<{ status: string }>(system.database.admin, text, [event.id]);
    await until('the webhook', ask, ([row]) => row?.status === 'applied');
    expect(await events(id)).toEqual(['created', 'payment_completed']);
  }

  const ways: Record<OfTheWorker, (failpoint: OfTheWorker) => Promise<void>> = {
    'payment_recovery.after_claim': payOnce,
    'payment_recovery.after_provider': payOnce,
    'payment_recovery.after_outcome': payOnce,
    'refund_recovery.after_claim': refundOnce,
    'refund_recovery.after_provider': refundOnce,
    'refund_recovery.after_outcome': refundOnce,
    'webhook.after_claim': applyOnce,
    'webhook.after_outcome': applyOnce,
  };

  it.each(Object.entries(ways))('%s loses nothing and does nothing twice', async (name, way) => {
    await expect(way(name as OfTheWorker)).resolves.toBeUndefined();
  });
});
