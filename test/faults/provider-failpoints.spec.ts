import { randomUUID } from 'node:crypto';
import { approve, comeBack } from '../e2e/support/lost-answers.js';
import { behave, charges, holdWebhooks, ledgerRefunds } from '../e2e/support/sandbox.js';
import { until } from '../e2e/support/until.js';
import {
  createPayment,
  type Payment,
  paymentBody,
  postRefund,
  readEventTypes,
  readPayment,
  type Refund,
} from '../factories/payments.js';
import { queryOnce } from '../support/databases.js';
import { call } from '../support/http.js';
import type { Answer } from '../support/http.js';
import { startSystem } from '../support/system.js';
import type { TestSystem } from '../support/system.js';
import { letterAbout, sendLetter } from './support/letters.js';
import {
  type Crash,
  crashesOfApi,
  crashesOfWorker,
  type Deed,
} from './support/provider-crashes.js';
import { Succession } from './support/succession.js';
import { impatient, retry } from './support/victim.js';

const isCompleted = (status: string | null) => status === 'completed';
const givenBack = { amount: '4.00', reason: 'One item was out of stock' };

/** A crowded machine makes the sandbox slow, and a capture at PayPal takes three calls. */
const patient = {
  ...impatient,
  PROVIDER_TIMEOUT_MS: '1200',
  DRAIN_TIMEOUT_MS: '1300',
  IDEMPOTENCY_LEASE_MS: '1400',
};

let system: TestSystem;

beforeAll(async () => {
  const sandboxEnv = { STRIPE_WEBHOOK_URL: '', SANDBOX_SETTLE_MS: '20' };
  system = await startSystem({ env: patient, api: 2, sandboxEnv });
  await holdWebhooks(system);
});
afterAll(() => system?.stop());

const survivor = () => ({ baseUrl: system.apiUrls[1] ?? '', credentials: system.credentials });

async function expectChargedOnce(id: string): Promise<void> {
  const taken = await charges(system, id);
  expect(taken.map(({ status, idempotency_key: key }) => [status, key])).toEqual([
    ['succeeded', `${id}.1`],
  ]);
  const types = await readEventTypes(survivor(), id);
  expect(types.filter((type) => type === 'payment_completed')).toHaveLength(1);
}

async function expectRefundedOnce(id: string): Promise<void> {
  expect(await ledgerRefunds(system, id)).toEqual([expect.objectContaining({ amount: 400 })]);
  await expectChargedOnce(id);
}

async function storedWebhooks(id: string): Promise<string[]> {
  const text = 'SELECT status FROM provider_webhooks WHERE transaction_id = $1';
  const rows = await queryOnce<{ status: string }>(system.database.admin, text, [id]);
  return rows.map(({ status }) => status);
}

describe('a worker that dies again and again', () => {
  let workers: Succession;

  beforeAll(() => {
    workers = new Succession(system, 'worker', [
      ...crashesOfWorker.flatMap(({ at }) => at),
      'lives',
    ]);
  });
  afterAll(async () => {
    await workers.ready();
    await system.kill('worker');
  });

  /** What a dead worker had taken is leased to it for a while; this ends it. */
  const due: Record<'charge' | 'refund' | 'webhook', string> = {
    charge: `UPDATE transactions SET next_sync_at = clock_timestamp()
      WHERE status = 'processing' AND id = $1`,
    refund: `UPDATE refunds SET next_sync_at = clock_timestamp()
      WHERE status = 'processing' AND transaction_id = $1`,
    webhook: `UPDATE provider_webhooks SET next_attempt_at = clock_timestamp()
      WHERE status IN ('received', 'parked') AND $1::uuid IS NOT NULL`,
  };

  async function dieAtEach(deed: keyof typeof due, at: Crash['at'], id: string): Promise<void> {
    const offer = () => queryOnce(system.database.admin, due[deed], [id]);
    for (const failpoint of at) await workers.dieOfWork(failpoint, offer);
    await workers.ready();
    await offer();
  }

  async function charge({ provider, at }: Crash): Promise<void> {
    await behave(system, { script: 'reset_after_commit', path: provider.chargePath });
    const { id, status } = await createPayment(system, provider.card);
    expect(status).toBe('processing');
    await dieAtEach('charge', at, id);
    const isDone = (payment: Payment) => payment.status === 'completed';
    await until('the payment', () => readPayment(system, id), isDone);
    await expectChargedOnce(id);
  }

  async function refund({ provider, at }: Crash): Promise<void> {
    const { id } = await createPayment(system, provider.card);
    await behave(system, { script: 'reset_after_commit', path: provider.refundPath });
    const { body } = await postRefund(system, id, givenBack);
    expect(body.status).toBe('processing');
    await dieAtEach('refund', at, id);
    const ask = () => call<Refund>(system, 'GET', `/v1/refunds/${body.id}`);
    const isKnown = (answer: Answer<Refund>) => answer.body.provider_refund_id !== null;
    const { body: known } = await until('the refund', ask, isKnown);
    expect(known.status).toBe(provider.refund);
    await expectRefundedOnce(id);
  }

  async function webhook({ provider, at }: Crash): Promise<void> {
    const payment = await createPayment(system, provider.slow);
    expect(await sendLetter(await letterAbout(system, payment, provider.webhook))).toBe(200);
    await dieAtEach('webhook', at, payment.id);
    const ask = () => storedWebhooks(payment.id);
    await until('the webhook', ask, (statuses) => statuses.join() === 'applied');
    await expectChargedOnce(payment.id);
  }

  const deeds: Partial<Record<Deed, (crash: Crash) => Promise<void>>> = { charge, refund, webhook };

  it.each(crashesOfWorker)('after $title loses nothing and does nothing twice', async (crash) => {
    await expect(deeds[crash.deed]?.(crash)).resolves.toBeUndefined();
  });
});

describe('an API that dies again and again', () => {
  let apis: Succession;

  beforeAll(() => {
    apis = new Succession(
      system,
      'api',
      crashesOfApi.flatMap(({ at }) => at),
    );
  });
  afterAll(() => apis.ready());

  /** Sends one request until somebody lives to answer it, and checks that it is answered for good. */
  async function survive<Body>(
    at: Crash['at'],
    path: string,
    body: unknown,
  ): Promise<Answer<Body>> {
    const options = { body, idempotencyKey: randomUUID() };
    const send = (target: typeof system | ReturnType<typeof survivor>) => () =>
      retry(() => call<Body>(target, 'POST', path, options));
    for (const failpoint of at) await apis.die(failpoint, send(system));
    const answer = await send(survivor())();
    const again = await send(survivor())();
    expect([again.status, again.text]).toEqual([answer.status, answer.text]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    return answer;
  }

  async function charge({ provider, at }: Crash): Promise<void> {
    const body = paymentBody(provider.card);
    const answer = await survive<Payment>(at, '/v1/transactions', body);
    expect([answer.status, answer.body.status]).toEqual([201, 'completed']);
    await expectChargedOnce(answer.body.id);
  }

  async function confirm({ provider, at }: Crash): Promise<void> {
    const { id } = await createPayment(survivor(), { ...provider.card, confirm: false });
    const answer = await survive<Payment>(at, `/v1/transactions/${id}/confirm`, undefined);
    expect([answer.status, answer.body.status]).toEqual([200, 'completed']);
    await expectChargedOnce(id);
  }

  async function refund({ provider, at }: Crash): Promise<void> {
    const { id } = await createPayment(survivor(), provider.card);
    const answer = await survive<Refund>(at, `/v1/transactions/${id}/refunds`, givenBack);
    expect([answer.status, answer.body.status]).toEqual([201, provider.refund]);
    await expectRefundedOnce(id);
  }

  async function cancel({ provider, at }: Crash): Promise<void> {
    const returning = { ...provider.approved, return_url: 'https://shop.example/thanks' };
    const { id } = await createPayment(survivor(), returning);
    const body = { reason: 'Changed their mind' };
    const answer = await survive<Payment>(at, `/v1/transactions/${id}/cancel`, body);
    expect([answer.status, answer.body.cancellation_reason]).toEqual([200, body.reason]);
    expect(await charges(system, id)).toEqual([]);
  }

  async function comingBack({ provider, at }: Crash): Promise<void> {
    const payment = await approve(survivor(), provider.approved);
    const insist = (target: typeof system | ReturnType<typeof survivor>) =>
      until('the payer', () => comeBack(target, payment), isCompleted);
    for (const failpoint of at) await apis.die(failpoint, () => insist(system));
    expect(await insist(survivor())).toBe('completed');
    await expectChargedOnce(payment.id);
    const types = await readEventTypes(survivor(), payment.id);
    expect(types).toEqual(['created', 'payment_completed']);
  }

  /** The provider sends its webhook again when nobody said that it arrived. */
  async function webhook({ provider, at }: Crash): Promise<void> {
    const payment = await createPayment(survivor(), provider.slow);
    const letter = await letterAbout(system, payment, provider.webhook);
    for (const failpoint of at) await apis.die(failpoint, () => sendLetter(letter));
    const url = letter.url.replace(system.baseUrl, survivor().baseUrl);
    expect(await sendLetter({ ...letter, url })).toBe(200);
    const text = `SELECT FROM provider_webhooks WHERE provider = $1 AND received_at > $2`;
    const since = [provider.card['provider'], payment.created_at];
    expect(await queryOnce(system.database.admin, text, since)).toHaveLength(1);
  }

  const deeds: Record<Deed, (crash: Crash) => Promise<void>> = {
    ...{ charge, confirm, refund, cancel, return: comingBack, webhook },
  };

  it.each(crashesOfApi)('after $title loses nothing and does nothing twice', async (crash) => {
    await expect(deeds[crash.deed](crash)).resolves.toBeUndefined();
  });
});
