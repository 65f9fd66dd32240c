import { randomUUID } from 'node:crypto';
import type { Failpoint } from '../../apps/api/src/failpoints.js';
import { charges, ledgerRefunds, paidCharges } from '../e2e/support/sandbox.js';
import { approvePayment, eventOf, sendWebhook } from '../e2e/support/stripe-webhooks.js';
import { until } from '../e2e/support/until.js';
import { createPayment, paymentBody, readPayment } from '../factories/payments.js';
import type { List, Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import type { Answer } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { arm, impatient, retry, revive, sendToDeath } from './support/victim.js';

type OfTheWorker = Extract<
  Failpoint,
  `${string}_recovery.${string}` | `webhook.after_${'claim' | 'outcome'}`
>;
/** Another file has these: they need a second provider, or a payer. */
type OfAnotherFile = Extract<Failpoint, `failover.${string}` | `return.${string}`>;
type OfTheApi = Exclude<Failpoint, OfTheWorker | OfAnotherFile>;

const victim = 'api';

describe('an API that dies at', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await startSystem({
      ...{ env: impatient, api: 2, worker: 0 },
      sandboxEnv: { STRIPE_WEBHOOK_URL: '' },
    });
  });
  afterAll(() => system?.stop());

  const survivor = () => ({ baseUrl: system.apiUrls[1] ?? '', credentials: system.credentials });

  interface Crash {
    path: string;
    body: unknown;
    /** Failpoints of which one process after the other dies, before one lives. */
    at: Failpoint[];
  }

  /** Sends one request until somebody lives to answer it, and checks that it is answered for good. */
  async function survive<Body>({ path, body, at }: Crash): Promise<Answer<Body>> {
    const idempotencyKey = randomUUID();
    const options = { body, idempotencyKey };
    for (const failpoint of at) {
      await arm(system, victim, failpoint);
      await sendToDeath(system, victim, () =>
        retry(() => call<Body>(system, 'POST', path, options)),
      );
    }
    const answer = await retry(() => call<Body>(survivor(), 'POST', path, options));
    const again = await call<Body>(survivor(), 'POST', path, options);
    expect([again.status, again.text]).toEqual([answer.status, answer.text]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    return answer;
  }

  async function createOnce(...at: Failpoint[]): Promise<void> {
    const reference = randomUUID();
    const body = paymentBody({ reference });
    const answer = await survive<Payment>({ path: '/v1/transactions', body, at });
    expect([answer.status, answer.body.status]).toEqual([201, 'completed']);
    expect(await charges(system, answer.body.id)).toHaveLength(1);
    expect(await paymentsWith(reference)).toEqual([answer.body.id]);
  }

  async function createPending(failpoint: OfTheApi): Promise<void> {
    const reference = randomUUID();
    const body = paymentBody({ reference, confirm: false });
    const at = [failpoint];
    const answer = await survive<Payment>({ path: '/v1/transactions', body, at });
    expect([answer.status, answer.body.status]).toEqual([201, 'pending']);
    expect(await charges(system, answer.body.id)).toEqual([]);
    expect(await paymentsWith(reference)).toEqual([answer.body.id]);
  }

  async function confirmOnce(failpoint: OfTheApi): Promise<void> {
    const { id } = await createPayment(survivor(), { confirm: false });
    const path = `/v1/transactions/${id}/confirm`;
    const answer = await survive<Payment>({ path, body: undefined, at: [failpoint] });
    expect([answer.status, answer.body.status]).toEqual([200, 'completed']);
    expect(await charges(system, id)).toHaveLength(1);
  }

  async function cancelPending(failpoint: OfTheApi): Promise<void> {
    const { id } = await createPayment(survivor(), { confirm: false });
    await cancelOnce(id, failpoint);
  }

  async function cancelAtProvider(failpoint: OfTheApi): Promise<void> {
    const { id } = await createPayment(survivor(), {
      ...{ payment_method_token: 'pm_card_authenticationRequired' },
      return_url: 'https://shop.example/thanks',
    });
    await cancelOnce(id, failpoint);
  }

  async function cancelOnce(id: string, failpoint: OfTheApi): Promise<void> {
    const path = `/v1/transactions/${id}/cancel`;
    const body = { reason: 'Changed their mind' };
    const answer = await survive<Payment>({ path, body, at: [failpoint] });
    expect([answer.status, answer.body.status]).toEqual([200, 'cancelled']);
    expect(await paidCharges(system, id)).toEqual([]);
  }

  async function refundOnce(...at: Failpoint[]): Promise<void> {
    const { id } = await createPayment(survivor());
    const path = `/v1/transactions/${id}/refunds`;
    const body = { amount: '4.00', reason: 'One item was out of stock' };
    const answer = await survive<Payment>({ path, body, at });
    expect([answer.status, answer.body.status]).toEqual([201, 'completed']);
    expect(await ledgerRefunds(system, id)).toEqual([expect.objectContaining({ amount: 400 })]);
    expect(await readPayment(survivor(), id)).toMatchObject({ amount_refunded: '4.00' });
  }

  async function refuse(failpoint: OfTheApi): Promise<void> {
    const { id } = await createPayment(survivor(), { confirm: false });
    const path = `/v1/transactions/${id}/refunds`;
    const answer = await survive({ path, body: { reason: 'Too early' }, at: [failpoint] });
    expect(answer.status).toBe(422);
    expect(await ledgerRefunds(system, id)).toEqual([]);
  }

  /** The provider sends its webhook again when nobody said that it arrived. */
  async function receive(failpoint: OfTheApi): Promise<void> {
    await revive(system, victim);
    const { id, object } = await approvePayment(system);
    const event = eventOf(object);
    await arm(system, victim, failpoint);
    await sendToDeath(system, victim, () => sendWebhook(system, event));
    await revive(system, victim);
    expect((await sendWebhook(system, event)).status).toBe(200);
    const stored = await queryOnce(
      system.database.admin,
      `SELECT FROM provider_webhooks WHERE provider_event_id LIKE $1 || '%'`,
      [event.id],
    );
    expect([id, stored.length]).toEqual([id, 1]);
  }

  async function paymentsWith(reference: string): Promise<string[]> {
    const path = `/v1/transactions?reference=${reference}`;
    const { body } = await call<List<Payment>>(survivor(), 'GET', path);
    return body.data.map(({ id }) => id);
  }

  const ways: Record<OfTheApi, (failpoint: OfTheApi) => Promise<void>> = {
    'create.before_intent': (name) => createOnce(name),
    'create.after_intent': (name) => createOnce(name),
    'charge.after_provider': (name) => createOnce(name),
    'charge.after_outcome': (name) => createOnce(name),
    'answer.after_store': createPending,
    'resume.after_provider': (name) => createOnce('charge.after_provider', name),
    'resume.after_outcome': (name) => createOnce('create.after_intent', name),
    'confirm.before_intent': confirmOnce,
    'confirm.after_intent': confirmOnce,
    'cancel.before_intent': cancelPending,
    'cancel.after_intent': cancelPending,
    'cancel.after_provider': cancelAtProvider,
    'cancel.after_outcome': cancelAtProvider,
    'refund.before_intent': (name) => refundOnce(name),
    'refund.after_intent': (name) => refundOnce(name),
    'refund.after_provider': (name) => refundOnce(name),
    'refund.after_outcome': (name) => refundOnce(name),
    'refund_resume.after_provider': (name) => refundOnce('refund.after_intent', name),
    'refund_resume.after_outcome': (name) => refundOnce('refund.after_provider', name),
    'refusal.before_store': refuse,
    'refusal.after_store': refuse,
    'webhook.before_store': receive,
    'webhook.after_store': receive,
  };

  it.each(Object.entries(ways))('%s loses nothing and does nothing twice', async (name, way) => {
    await way(name as OfTheApi);
    const half = `SELECT id FROM transactions WHERE status = 'processing' AND payment_method_token
      <> 'pm_card_authenticationRequired'`;
    const ask = () => queryOnce(system.database.admin, half);
    expect(await until('an end', ask, (rows) => rows.length === 0)).toEqual([]);
  });
});
