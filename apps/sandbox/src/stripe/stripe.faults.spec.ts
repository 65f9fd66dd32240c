import Stripe from 'stripe';
import { faultScripts } from '../faults.js';
import {
  connect,
  eventsAbout,
  type RunningSandbox,
  runSandbox,
  settleMs,
} from '../testing/running-sandbox.js';

interface Row {
  id: string;
  status: string;
}

const patienceMs = 250;

describe('fault scripts of the Stripe sandbox', () => {
  let sandbox: RunningSandbox;
  const tried = new Set<string>();

  beforeAll(async () => {
    sandbox = await runSandbox();
  });

  afterAll(() => sandbox.close());

  const pay = (
    script: string,
    stripe = sandbox.stripe,
  ): Promise<Stripe.Response<Stripe.PaymentIntent>> => {
    tried.add(script);
    return stripe.paymentIntents.create(
      {
        amount: 1050,
        currency: 'usd',
        confirm: true,
        payment_method: `pm_sandbox_${script}`,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        metadata: { transaction_id: script },
      },
      { idempotencyKey: script },
    );
  };

  const broken = async (
    script: string,
    stripe = sandbox.stripe,
  ): Promise<Stripe.errors.StripeError> => {
    const error: unknown = await pay(script, stripe).catch((thrown: unknown) => thrown);
    if (error instanceof Stripe.errors.StripeError) return error;
    throw new Error(`${script} should have broken the call: ${JSON.stringify(error)}`);
  };

  const impatient = (): Stripe => connect(sandbox.url, patienceMs);

  const ledger = async (transactionId: string): Promise<Row[]> => {
    const { body } = await sandbox.control('GET', `charges?transaction_id=${transactionId}`);
    return (body as { charges: Row[] }).charges;
  };

  /** The SDK resends by itself after a reset, so the bare call is made without it. */
  const send = (script: string): Promise<Response> => {
    tried.add(script);
    const form = new URLSearchParams({
      amount: '1050',
      currency: 'usd',
      confirm: 'true',
      payment_method: `pm_sandbox_${script}`,
      'automatic_payment_methods[enabled]': 'true',
      'automatic_payment_methods[allow_redirects]': 'never',
      'metadata[transaction_id]': script,
    });
    const headers = { authorization: 'Bearer sk_test_specs', 'idempotency-key': script };
    return fetch(`${sandbox.url}/v1/payment_intents`, { method: 'POST', headers, body: form });
  };

  it('timeout_then_success: the answer is lost, the money moved, and a replay tells', async () => {
    const script = 'timeout_then_success';
    expect(await broken(script, impatient())).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(await ledger(script)).toMatchObject([{ status: 'succeeded' }]);
    const payment = await pay(script);
    expect(payment.status).toBe('succeeded');
    expect(payment.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await ledger(script)).toHaveLength(1);
    await sandbox.arrived('payment_intent.succeeded', payment.id);
  });

  it('reset_after_commit: the connection breaks, the money moved, and a replay tells', async () => {
    const script = 'reset_after_commit';
    await expect(send(script)).rejects.toThrow('fetch failed');
    expect(await ledger(script)).toMatchObject([{ status: 'succeeded' }]);
    expect((await pay(script)).status).toBe('succeeded');
    expect(await ledger(script)).toHaveLength(1);
  });

  it('timeout_then_fail: the answer is lost, no money moved, and a replay tells the decline', async () => {
    const script = 'timeout_then_fail';
    expect(await broken(script, impatient())).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(await ledger(script)).toMatchObject([{ status: 'failed' }]);
    expect(await broken(script)).toMatchObject({ statusCode: 402, code: 'card_declined' });
  });

  it('refuse_connection: nothing is done, however often it is tried', async () => {
    for (const _attempt of [1, 2]) {
      expect(await broken('refuse_connection')).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    }
    expect(await ledger('refuse_connection')).toEqual([]);
  });

  it('http_500_then_success: a 500 though the money moved, and a replay tells', async () => {
    expect(await broken('http_500_then_success')).toMatchObject({ statusCode: 500 });
    expect(await ledger('http_500_then_success')).toMatchObject([{ status: 'succeeded' }]);
    expect((await pay('http_500_then_success')).status).toBe('succeeded');
    expect(await ledger('http_500_then_success')).toHaveLength(1);
  });

  it('http_500: nothing is done', async () => {
    expect(await broken('http_500')).toMatchObject({ statusCode: 500 });
    expect(await ledger('http_500')).toEqual([]);
  });

  it('unknown_refusal: nothing is done, for a reason that nobody knows', async () => {
    const refused = { statusCode: 400, code: 'refused_by_the_moon' };
    expect(await broken('unknown_refusal')).toMatchObject(refused);
    expect(await ledger('unknown_refusal')).toEqual([]);
  });

  it('http_429_then_success: nothing is done at first, and the client is told to wait', async () => {
    const error = await broken('http_429_then_success');
    expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect(error.headers?.['retry-after']).toBe('1');
    expect(await ledger('http_429_then_success')).toEqual([]);
    expect((await pay('http_429_then_success')).status).toBe('succeeded');
  });

  it.each(['garbage_body', 'html_body'])(
    '%s: the money moved, the answer makes no sense, and a replay tells',
    async (script) => {
      await broken(script);
      expect(await ledger(script)).toMatchObject([{ status: 'succeeded' }]);
      expect((await pay(script)).status).toBe('succeeded');
    },
  );

  it('huge_body: the money moved, and the answer does not end', async () => {
    const reader = (await send('huge_body')).body!.getReader();
    for (let bytes = 0; bytes < 5_000_000;) bytes += (await reader.read()).value!.length;
    await reader.cancel();
    expect(await ledger('huge_body')).toMatchObject([{ status: 'succeeded' }]);
  });

  it('webhook_before_response: the webhook comes first', async () => {
    const { id } = await pay('webhook_before_response');
    expect(eventsAbout(sandbox.events, id)).toHaveLength(1);
  });

  it('duplicate_webhooks: the same event comes ten times', async () => {
    const payment = await pay('duplicate_webhooks');
    await sandbox.arrived('payment_intent.succeeded', payment.id, 10);
    const events = eventsAbout(sandbox.events, payment.id);
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
  });

  it('out_of_order_webhooks: the older one comes last', async () => {
    const payment = await pay('out_of_order_webhooks');
    expect(payment.status).toBe('processing');
    sandbox.clock.advance(settleMs);
    await sandbox.arrived('payment_intent.succeeded', payment.id);
    sandbox.clock.advance(settleMs);
    await sandbox.arrived('payment_intent.processing', payment.id);
    expect(eventsAbout(sandbox.events, payment.id).map(({ type }) => type)).toEqual([
      'payment_intent.succeeded',
      'payment_intent.processing',
    ]);
  });

  it('late_success: a decline, and then the money moves after all', async () => {
    const error = await broken('late_success');
    expect(error).toMatchObject({ statusCode: 402 });
    const { id } = error.payment_intent!;
    sandbox.clock.advance(settleMs);
    await sandbox.arrived('payment_intent.succeeded', id);
    const payment = await sandbox.stripe.paymentIntents.retrieve(id);
    expect(payment).toMatchObject({ status: 'succeeded', last_payment_error: null });
    expect((await ledger('late_success')).map(({ status }) => status)).toEqual([
      'failed',
      'succeeded',
    ]);
  });

  it('refund_late_fail: the payment is an ordinary one', async () => {
    expect((await pay('refund_late_fail')).status).toBe('succeeded');
  });

  it('slow: the call takes that long', async () => {
    const call = pay('slow_100ms');
    await sandbox.clock.awaited();
    sandbox.clock.advance(99);
    expect(await ledger('slow_100ms')).toEqual([]);
    sandbox.clock.advance(1);
    expect((await call).status).toBe('succeeded');
  });

  it('http_500_saved: the money moved, and every replay gets the same 500', async () => {
    const script = 'http_500_saved';
    const first = await broken(script);
    expect(first).toMatchObject({ statusCode: 500, headers: { 'stripe-should-retry': 'false' } });
    for (const _replay of [1, 2]) {
      const again = await broken(script);
      expect(again).toMatchObject({
        statusCode: 500,
        headers: { 'idempotent-replayed': 'true', 'stripe-should-retry': 'false' },
      });
    }
    const charges = await ledger(script);
    expect(charges).toMatchObject([{ status: 'succeeded' }]);
    const query = `metadata['transaction_id']:'${script}'`;
    const { data } = await sandbox.stripe.paymentIntents.search({ query });
    expect(data).toMatchObject([{ id: charges[0]?.id, status: 'succeeded' }]);
    await sandbox.arrived('payment_intent.succeeded', charges[0]?.id ?? '');
  });

  it('http_500_saved_unpaid: nothing is done, and every replay gets the same 500', async () => {
    const script = 'http_500_saved_unpaid';
    expect(await broken(script)).toMatchObject({ statusCode: 500 });
    const again = await broken(script);
    expect(again).toMatchObject({ statusCode: 500, headers: { 'idempotent-replayed': 'true' } });
    expect(await ledger(script)).toEqual([]);
  });

  it('tries every script that there is', () => {
    expect([...tried]).toEqual(expect.arrayContaining(Object.keys(faultScripts)));
  });
});
