import { type RunningSandbox, runSandbox } from './testing/running-sandbox.js';

interface HeldWebhook {
  id: string;
  type: string;
  status: string;
  url: string | null;
  headers: Record<string, string> | null;
  payload: string | null;
}

describe('webhooks that are held back', () => {
  let sandbox: RunningSandbox;

  beforeEach(async () => {
    sandbox = await runSandbox();
    expect((await sandbox.control('POST', 'webhooks/hold')).status).toBe(204);
  });

  afterEach(() => sandbox.close());

  const pay = async (): Promise<string> => {
    const payment = await sandbox.stripe.paymentIntents.create({
      amount: 500,
      currency: 'jpy',
      confirm: true,
      payment_method: 'pm_sandbox_async_success',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    await sandbox.clock.awaited();
    sandbox.clock.advance(1_000);
    return payment.id;
  };

  const list = async (): Promise<HeldWebhook[]> => {
    const { body } = await sandbox.control('GET', 'webhooks?payloads=true');
    return (body as { webhooks: HeldWebhook[] }).webhooks;
  };

  it('can be delivered by somebody else, in any order', async () => {
    await pay();
    const waiting = await list();
    expect(waiting.map(({ type }) => type)).toEqual([
      'payment_intent.processing',
      'payment_intent.succeeded',
    ]);
    for (const { url, headers, payload } of waiting.toReversed()) {
      const answer = await fetch(url ?? '', {
        method: 'POST',
        headers: headers ?? {},
        body: payload ?? '',
      });
      expect(answer.status).toBe(200);
    }
    expect(sandbox.events.map(({ id }) => id)).toEqual(waiting.map(({ id }) => id).toReversed());
  });

  it('leave once they are released, and so do later ones', async () => {
    const id = await pay();
    expect(sandbox.events).toEqual([]);
    expect((await sandbox.control('POST', 'webhooks/release')).status).toBe(204);
    await sandbox.arrived('payment_intent.processing', id);
    await sandbox.arrived('payment_intent.succeeded', id);
    await sandbox.arrived('payment_intent.succeeded', await pay());
  });

  it('are dropped on request, and those that come later flow again', async () => {
    await pay();
    await sandbox.control('POST', 'webhooks/release', { discard: true });
    expect(await list()).toMatchObject([
      { status: 'discarded', payload: null, headers: null, url: null },
      { status: 'discarded' },
    ]);
    const id = await pay();
    await sandbox.arrived('payment_intent.succeeded', id);
    expect(sandbox.events).toHaveLength(2);
  });

  it('are no longer held once everything is forgotten', async () => {
    await pay();
    await sandbox.control('DELETE', 'state');
    const id = await pay();
    await sandbox.arrived('payment_intent.succeeded', id);
    expect(sandbox.events).toHaveLength(2);
  });

  it.each([{ discard: 'yes' }, { surprise: 1 }, 'text'])('refuse %j', async (body) => {
    expect((await sandbox.control('POST', 'webhooks/release', body)).status).toBe(400);
  });
});
