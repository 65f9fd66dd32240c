import { randomUUID } from 'node:crypto';
import { type Failpoint, failpoints } from '../../apps/api/src/failpoints.js';
import { charges, decideAsPayer, ledgerRefunds, paidCharges } from '../e2e/support/sandbox.js';
import { approvePayment, eventOf, sendWebhook } from '../e2e/support/stripe-webhooks.js';
import { until } from '../e2e/support/until.js';
import { createPayment, paymentBody, readEventTypes, readPayment } from '../factories/payments.js';
import type { List, Payment } from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import type { Answer, CallTarget } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { arm, armedAt, patient, retry, sendAllToDeath } from './support/victim.js';

type OfTheWorker = Extract<
  Failpoint,
  `${string}_recovery.${string}` | `webhook.after_${'claim' | 'outcome'}` | `delivery.${string}`
>;
/** Another file has these: they need a second provider. */
type OfFailover = Extract<Failpoint, `failover.${string}`>;
/** Records that are only old: test/schema/lifecycle-crash.spec.ts. */
type OfTheLifecycle = Extract<Failpoint, `lifecycle.${string}`>;
type OfTheApi = Exclude<Failpoint, OfTheWorker | OfFailover | OfTheLifecycle>;

/** One request, and how it ends when it is sent to somebody who lives. */
interface Story {
  send(target: CallTarget): Promise<unknown>;
  end(): Promise<void>;
}

const victim = 'api-2';
const challenge = {
  payment_method_token: 'pm_card_authenticationRequired',
  return_url: 'https://shop.example/thanks',
};

/** Where one process died of a request already, for another to die when it takes the request up. */
const firstDeaths: Partial<Record<OfTheApi, OfTheApi>> = {
  'resume.after_provider': 'charge.after_provider',
  'resume.after_outcome': 'create.after_intent',
  'refund_resume.after_provider': 'refund.after_intent',
  'refund_resume.after_outcome': 'refund.after_provider',
};

describe('an API that dies at', () => {
  let system: TestSystem;
  const stories = new Map<OfTheApi, Story>();

  /** A request that is repeated with its key, and answered for good. */
  function request<Body>(
    path: string,
    body: unknown,
    check: (answer: Answer<Body>) => Promise<void>,
  ): Story {
    const options = { body, idempotencyKey: randomUUID() };
    const send = (target: CallTarget) => retry(() => call<Body>(target, 'POST', path, options));
    const end = async () => {
      const answer = await send(system);
      const again = await call<Body>(system, 'POST', path, options);
      expect([again.status, again.text]).toEqual([answer.status, answer.text]);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      await check(answer);
    };
    return { send, end };
  }

  function create(isConfirmed: boolean, expected: [number, string]): Story {
    const reference = randomUUID();
    const body = paymentBody({ reference, confirm: isConfirmed });
    return request<Payment>('/v1/transactions', body, async (answer) => {
      expect([answer.status, answer.body.status]).toEqual(expected);
      expect(await charges(system, answer.body.id)).toHaveLength(isConfirmed ? 1 : 0);
      expect(await paymentsWith(reference)).toEqual([answer.body.id]);
    });
  }

  async function createOnce(): Promise<Story> {
    return create(true, [201, 'completed']);
  }

  async function createPending(): Promise<Story> {
    return create(false, [201, 'pending']);
  }

  async function confirmOnce(): Promise<Story> {
    const { id } = await createPayment(system, { confirm: false });
    const path = `/v1/transactions/${id}/confirm`;
    return request<Payment>(path, undefined, async (answer) => {
      expect([answer.status, answer.body.status]).toEqual([200, 'completed']);
      expect(await charges(system, id)).toHaveLength(1);
    });
  }

  async function cancelPending(): Promise<Story> {
    const { id } = await createPayment(system, { confirm: false });
    return cancelOnce(id);
  }

  async function cancelAtProvider(): Promise<Story> {
    const { id } = await createPayment(system, challenge);
    return cancelOnce(id);
  }

  function cancelOnce(id: string): Story {
    const body = { reason: 'Changed their mind' };
    return request<Payment>(`/v1/transactions/${id}/cancel`, body, async (answer) => {
      expect([answer.status, answer.body.status]).toEqual([200, 'cancelled']);
      expect(await paidCharges(system, id)).toEqual([]);
    });
  }

  async function refundOnce(): Promise<Story> {
    const { id } = await createPayment(system);
    const body = { amount: '4.00', reason: 'One item was out of stock' };
    return request<Payment>(`/v1/transactions/${id}/refunds`, body, async (answer) => {
      expect([answer.status, answer.body.status]).toEqual([201, 'completed']);
      expect(await ledgerRefunds(system, id)).toEqual([expect.objectContaining({ amount: 400 })]);
      expect(await readPayment(system, id)).toMatchObject({ amount_refunded: '4.00' });
    });
  }

  async function refuse(): Promise<Story> {
    const { id } = await createPayment(system, { confirm: false });
    const body = { reason: 'Too early' };
    return request(`/v1/transactions/${id}/refunds`, body, async (answer) => {
      expect(answer.status).toBe(422);
      expect(await ledgerRefunds(system, id)).toEqual([]);
    });
  }

  /** The provider sends its webhook again when nobody said that it arrived. */
  async function receive(): Promise<Story> {
    const { object } = await approvePayment(system);
    const event = eventOf(object);
    const send = (target: CallTarget) => sendWebhook(target, event);
    const end = async () => {
      expect((await send(system)).status).toBe(200);
      const text = `SELECT FROM provider_webhooks WHERE provider_event_id LIKE $1 || '%'`;
      expect(await queryOnce(system.database.admin, text, [event.id])).toHaveLength(1);
    };
    return { send, end };
  }

  async function comeBack(): Promise<Story> {
    const { id, next_action: action } = await createPayment(system, challenge);
    const { pathname, search } = new URL((await decideAsPayer(action?.url ?? '', 'approve')) ?? '');
    const send = (target: CallTarget) => call(target, 'GET', `${pathname}${search}`, { key: null });
    const end = async () => {
      expect((await send(system)).headers.get('location')).toContain('status=completed');
      expect(await paidCharges(system, id)).toHaveLength(1);
      expect(await readEventTypes(system, id)).toEqual(['created', 'payment_completed']);
    };
    return { send, end };
  }

  async function paymentsWith(reference: string): Promise<string[]> {
    const path = `/v1/transactions?reference=${reference}`;
    const { body } = await call<List<Payment>>(system, 'GET', path);
    return body.data.map(({ id }) => id);
  }

  const ways: Record<OfTheApi, () => Promise<Story>> = {
    'create.before_intent': createOnce,
    'create.after_intent': createOnce,
    'charge.after_provider': createOnce,
    'charge.after_outcome': createOnce,
    'answer.after_store': createPending,
    'resume.after_provider': createOnce,
    'resume.after_outcome': createOnce,
    'confirm.before_intent': confirmOnce,
    'confirm.after_intent': confirmOnce,
    'cancel.before_intent': cancelPending,
    'cancel.after_intent': cancelPending,
    'cancel.after_provider': cancelAtProvider,
    'cancel.after_outcome': cancelAtProvider,
    'return.after_provider': comeBack,
    'return.after_outcome': comeBack,
    'refund.before_intent': refundOnce,
    'refund.after_intent': refundOnce,
    'refund.after_provider': refundOnce,
    'refund.after_outcome': refundOnce,
    'refund_resume.after_provider': refundOnce,
    'refund_resume.after_outcome': refundOnce,
    'refusal.before_store': refuse,
    'refusal.after_store': refuse,
    'webhook.before_store': receive,
    'webhook.after_store': receive,
  };
  const names = Object.keys(ways) as OfTheApi[];

  /** In the order of the list, so that nothing is held on the way to its own failpoint. */
  const firstLife = names
    .map((name) => ({ name, at: firstDeaths[name] ?? name }))
    .toSorted((one, two) => failpoints.indexOf(one.at) - failpoints.indexOf(two.at));
  const secondLife = names.filter((name) => firstDeaths[name]).map((name) => ({ name, at: name }));

  async function die(life: { name: OfTheApi; at: OfTheApi }[]): Promise<void> {
    const target = { baseUrl: system.apiUrls[1] ?? '', credentials: system.credentials };
    const deaths = life.map(({ name, at }) => ({
      at,
      send: async () => stories.get(name)?.send(target),
    }));
    await sendAllToDeath(system, victim, deaths);
  }

  beforeAll(async () => {
    system = await startSystem({
      ...{ env: patient, api: 2, worker: 0, sandboxEnv: { STRIPE_WEBHOOK_URL: '' } },
      firstStart: { [victim]: armedAt(...firstLife.map(({ at }) => at)) },
    });
    for (const name of names) stories.set(name, await ways[name]());
    await die(firstLife);
    await arm(system, victim, ...secondLife.map(({ at }) => at));
    await die(secondLife);
  }, 180_000);
  afterAll(() => system?.stop());

  it.each(names)('%s loses nothing and does nothing twice', async (name) => {
    const end = stories.get(name)?.end() ?? Promise.reject(new Error('no story'));
    await expect(end).resolves.toBeUndefined();
  });

  it('any of them leaves nothing half done', async () => {
    const half = `SELECT id FROM transactions WHERE status = 'processing' AND payment_method_token
      <> 'pm_card_authenticationRequired'`;
    const ask = () => queryOnce(system.database.admin, half);
    expect(await until('an end', ask, (rows) => rows.length === 0)).toEqual([]);
  });
});
