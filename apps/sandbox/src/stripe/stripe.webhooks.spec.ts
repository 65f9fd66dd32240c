import Stripe from 'stripe';
import { type RunningSandbox, runSandbox } from '../testing/running-sandbox.js';
import { signature } from './stripe.events.js';

const params = {
  amount: 100,
  currency: 'usd',
  confirm: true,
  payment_method: 'pm_card_visa',
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
} satisfies Stripe.PaymentIntentCreateParams;

interface Log {
  webhooks: { object_id: string; type: string; status: string; attempts: number }[];
}

async function logOf(sandbox: RunningSandbox, objectId: string): Promise<Log['webhooks']> {
  const { body } = await sandbox.control('GET', 'webhooks');
  return (body as Log).webhooks.filter(({ object_id }) => object_id === objectId);
}

async function finished(sandbox: RunningSandbox, objectId: string): Promise<void> {
  const deadline = Date.now() + 5_000;
  while ((await logOf(sandbox, objectId)).some(({ status }) => status === 'pending')) {
    if (Date.now() > deadline) throw new Error(`the webhooks of ${objectId} did not end`);
  }
}

describe('webhooks of the Stripe sandbox', () => {
  it('are signed as Stripe does, with the whole secret', () => {
    const [secret, payload, timestamp] = ['whsec_test', '{"a":1}', 1_700_000_000];
    const expected = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
    expect(signature(secret, payload, timestamp * 1_000 + 999)).toBe(expected);
  });

  it('come again until they are taken, with the same event', async () => {
    const sandbox = await runSandbox();
    try {
      sandbox.receiver.status = 503;
      const { id } = await sandbox.stripe.paymentIntents.create(params);
      const first = await sandbox.arrived('payment_intent.succeeded', id);
      await sandbox.clock.awaited();
      expect(await logOf(sandbox, id)).toMatchObject([{ status: 'pending', attempts: 1 }]);
      sandbox.receiver.status = 204;
      sandbox.clock.advance(500);
      const second = await sandbox.arrived('payment_intent.succeeded', id, 2);
      expect(second.id).toBe(first.id);
      await finished(sandbox, id);
      expect(await logOf(sandbox, id)).toMatchObject([{ status: 'delivered', attempts: 2 }]);
    } finally {
      await sandbox.close();
    }
  });

  it('are given up in the end', async () => {
    const sandbox = await runSandbox();
    try {
      sandbox.receiver.status = 500;
      const { id } = await sandbox.stripe.paymentIntents.create(params);
      for (let attempt = 1; attempt < 10; attempt += 1) {
        await sandbox.clock.awaited();
        sandbox.clock.advance(300_000);
      }
      await finished(sandbox, id);
      expect(await logOf(sandbox, id)).toMatchObject([{ status: 'given_up', attempts: 10 }]);
    } finally {
      await sandbox.close();
    }
  });

  it('name the request that they came of', async () => {
    const sandbox = await runSandbox();
    try {
      const idempotencyKey = 'named';
      const payment = await sandbox.stripe.paymentIntents.create(params, { idempotencyKey });
      const event = await sandbox.arrived('payment_intent.succeeded', payment.id);
      const request = { id: payment.lastResponse.requestId, idempotency_key: idempotencyKey };
      expect(event.request).toEqual(request);
      expect(event.api_version).toBe('2026-10-28.endive');
    } finally {
      await sandbox.close();
    }
  });

  it('are not made when nobody listens', async () => {
    const sandbox = await runSandbox({ webhooks: false });
    try {
      await sandbox.stripe.paymentIntents.create(params);
      expect((await sandbox.control('GET', 'webhooks')).body).toEqual({ webhooks: [] });
    } finally {
      await sandbox.close();
    }
  });
});
