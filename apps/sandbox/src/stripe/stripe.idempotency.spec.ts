import Stripe from 'stripe';
import { connect, type RunningSandbox, runSandbox, settleMs } from '../testing/running-sandbox.js';

const dayMs = 24 * 60 * 60 * 1_000;

describe('idempotency keys of the Stripe sandbox', () => {
  let sandbox: RunningSandbox;

  beforeAll(async () => {
    sandbox = await runSandbox();
  });

  afterAll(() => sandbox.close());

  const pay = (
    idempotencyKey: string,
    more: Partial<Stripe.PaymentIntentCreateParams> = {},
    stripe = sandbox.stripe,
  ): Promise<Stripe.Response<Stripe.PaymentIntent>> =>
    stripe.paymentIntents.create(
      {
        amount: 700,
        currency: 'usd',
        confirm: true,
        payment_method: 'pm_card_visa',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        metadata: { transaction_id: idempotencyKey },
        ...more,
      },
      { idempotencyKey },
    );

  const charges = async (transactionId: string): Promise<unknown[]> => {
    const { body } = await sandbox.control('GET', `charges?transaction_id=${transactionId}`);
    return (body as { charges: unknown[] }).charges;
  };

  it('replays the first answer byte for byte, and charges once', async () => {
    const body = 'amount=700&currency=usd&metadata[transaction_id]=raw';
    const send = (text: string): Promise<Response> =>
      fetch(`${sandbox.url}/v1/payment_intents`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk_test_specs', 'idempotency-key': 'raw' },
        body: text,
      });
    const first = await send(body);
    const second = await send(body.split('&').reverse().join('&'));
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.headers.get('original-request')).toBe(first.headers.get('request-id'));
    expect(await second.text()).toBe(await first.text());
  });

  it('replays the answer as it was, though the payment has changed since', async () => {
    const first = await pay('as-it-was', { payment_method: 'pm_sandbox_async_success' });
    sandbox.clock.advance(settleMs);
    await sandbox.arrived('payment_intent.succeeded', first.id);
    const second = await pay('as-it-was', { payment_method: 'pm_sandbox_async_success' });
    expect([first.status, second.status]).toEqual(['processing', 'processing']);
    expect((await sandbox.stripe.paymentIntents.retrieve(first.id)).status).toBe('succeeded');
    expect(await charges('as-it-was')).toHaveLength(1);
  });

  it('replays a decline', async () => {
    const declined = { payment_method: 'pm_card_visa_chargeDeclined' };
    const errors = [
      await pay('no', declined).catch(String),
      await pay('no', declined).catch(String),
    ];
    expect(errors[0]).toContain('Your card was declined.');
    expect(errors[1]).toBe(errors[0]);
    expect(await charges('no')).toHaveLength(1);
  });

  it('refuses a key that comes with other parameters or at another endpoint', async () => {
    const { id } = await pay('bound');
    await expect(pay('bound', { amount: 701 })).rejects.toMatchObject({
      statusCode: 400,
      rawType: 'idempotency_error',
    });
    const elsewhere = sandbox.stripe.refunds.create(
      { payment_intent: id },
      { idempotencyKey: 'bound' },
    );
    await expect(elsewhere).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(await charges('bound')).toMatchObject([{ amount: 700, refunded: 0 }]);
  });

  it('refuses a duplicate while the first is under way', async () => {
    const slow = { payment_method: 'pm_sandbox_slow_150ms' };
    const first = pay('together', slow);
    await sandbox.clock.awaited();
    await expect(pay('together', slow)).rejects.toMatchObject({
      statusCode: 409,
      code: 'idempotency_key_in_use',
    });
    sandbox.clock.advance(150);
    expect((await first).status).toBe('succeeded');
    expect((await pay('together', slow)).id).toBe((await first).id);
  });

  it('charges once for fifty calls at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        pay('fifty').catch((error: Stripe.errors.StripeError) => error),
      ),
    );
    const ids = new Set(answers.flatMap((answer) => ('id' in answer ? [answer.id] : [])));
    expect(ids.size).toBe(1);
    expect(await charges('fifty')).toHaveLength(1);
  });

  it('keeps nothing of a request that was wrong', async () => {
    await expect(pay('mended', { currency: 'zzz' })).rejects.toMatchObject({ param: 'currency' });
    expect((await pay('mended')).status).toBe('succeeded');
  });

  it('keeps the keys of two accounts apart', async () => {
    const other = connect(sandbox.url, undefined, 'sk_test_another');
    const [mine, theirs] = [await pay('shared'), await pay('shared', {}, other)];
    expect(mine.id).not.toBe(theirs.id);
  });

  it('forgets a key after a day', async () => {
    const first = await pay('old');
    sandbox.clock.advance(dayMs - 1);
    expect((await pay('old')).id).toBe(first.id);
    sandbox.clock.advance(1);
    expect((await pay('old')).id).not.toBe(first.id);
  });

  it('refuses a key of more than 255 characters', async () => {
    await expect(pay('k'.repeat(256))).rejects.toMatchObject({ statusCode: 400 });
  });
});
