import type Stripe from 'stripe';
import { type RunningSandbox, runSandbox } from '../testing/running-sandbox.js';

describe('the payer on the page of the Stripe sandbox', () => {
  let sandbox: RunningSandbox;

  beforeAll(async () => {
    sandbox = await runSandbox();
  });

  afterAll(() => sandbox.close());

  const withoutRedirects = {
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  } as const;

  const begin = (returnUrl?: string): Promise<Stripe.PaymentIntent> =>
    sandbox.stripe.paymentIntents.create({
      amount: 5120,
      currency: 'kwd',
      confirm: true,
      description: 'A <b>chair</b>',
      payment_method: 'pm_card_authenticationRequired',
      ...(returnUrl === undefined ? withoutRedirects : { return_url: returnUrl }),
      metadata: { transaction_id: 'authenticated' },
    });

  const decide = (url: string, decision: string): Promise<Response> =>
    fetch(url, { method: 'POST', body: new URLSearchParams({ decision }), redirect: 'manual' });

  const pageOf = (payment: Stripe.PaymentIntent): string =>
    payment.next_action!.redirect_to_url!.url!;

  it('is shown what to pay, with nothing of the text taken as HTML', async () => {
    const payment = await begin('https://shop.test/back');
    expect(payment.status).toBe('requires_action');
    const page = await (await fetch(pageOf(payment))).text();
    expect(page).toContain('5.120 KWD');
    expect(page).toContain('A &#60;b&#62;chair');
    expect(await (await fetch(sandbox.url)).text()).toContain(payment.id);
  });

  it('approves, and is sent back to the shop', async () => {
    const payment = await begin('https://shop.test/back?order=7');
    const answer = await decide(pageOf(payment), 'approve');
    expect(answer.status).toBe(303);
    const back = new URL(answer.headers.get('location')!);
    expect(back.searchParams.get('order')).toBe('7');
    expect(back.searchParams.get('redirect_status')).toBe('succeeded');
    await sandbox.arrived('payment_intent.succeeded', payment.id);
    expect((await sandbox.stripe.paymentIntents.retrieve(payment.id)).status).toBe('succeeded');
  });

  it('declines, and no charge is made', async () => {
    const payment = await begin('https://shop.test/back');
    const answer = await decide(pageOf(payment), 'decline');
    expect(answer.headers.get('location')).toContain('redirect_status=failed');
    expect(await sandbox.stripe.paymentIntents.retrieve(payment.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
      latest_charge: null,
    });
    await sandbox.arrived('payment_intent.payment_failed', payment.id);
  });

  it('pays once, however often the button is pressed', async () => {
    const payment = await begin('https://shop.test/back');
    await Promise.all([1, 2, 3].map(() => decide(pageOf(payment), 'approve')));
    const { body } = await sandbox.control('GET', 'charges');
    const { charges } = body as { charges: { id: string }[] };
    expect(charges.filter(({ id }) => id === payment.id)).toHaveLength(1);
  });

  it('can not approve a payment that was cancelled', async () => {
    const payment = await begin('https://shop.test/back');
    await sandbox.stripe.paymentIntents.cancel(payment.id);
    expect(await (await decide(pageOf(payment), 'approve')).text()).toContain('has cancelled');
    expect((await sandbox.stripe.paymentIntents.retrieve(payment.id)).status).toBe('canceled');
  });

  it('needs the whole link', async () => {
    const payment = await begin('https://shop.test/back');
    const page = pageOf(payment).split('?')[0];
    expect((await fetch(page)).status).toBe(404);
    expect((await decide(page, 'approve')).status).toBe(404);
    expect((await decide(pageOf(payment), 'maybe')).status).toBe(400);
  });

  it('is left to Stripe.js when the client gave no return_url', async () => {
    const payment = await begin();
    expect(payment.next_action?.type).toBe('use_stripe_sdk');
    expect(payment.next_action).not.toHaveProperty('redirect_to_url');
  });
});
