import Stripe from 'stripe';
import {
  eventsAbout,
  type RunningSandbox,
  runSandbox,
  settleMs,
} from '../testing/running-sandbox.js';

describe('payments of the Stripe sandbox', () => {
  let sandbox: RunningSandbox;

  beforeAll(async () => {
    sandbox = await runSandbox();
  });

  afterAll(() => sandbox.close());

  const cardsOnly = {
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  } as const;

  const pay = (
    paymentMethod: string,
    more: Partial<Stripe.PaymentIntentCreateParams> = {},
  ): Promise<Stripe.PaymentIntent> =>
    sandbox.stripe.paymentIntents.create({
      amount: 1050,
      currency: 'usd',
      confirm: true,
      payment_method: paymentMethod,
      ...cardsOnly,
      ...more,
    });

  const failureOf = async (call: Promise<unknown>): Promise<Stripe.errors.StripeError> => {
    const error: unknown = await call.catch((thrown: unknown) => thrown);
    if (error instanceof Stripe.errors.StripeError) return error;
    throw new Error(`expected an error of Stripe's, got ${JSON.stringify(error)}`);
  };

  it('takes a payment at once and tells it by webhook', async () => {
    const payment = await pay('pm_card_visa', { metadata: { transaction_id: 'paid' } });
    expect(payment).toMatchObject({
      status: 'succeeded',
      amount_received: 1050,
      next_action: null,
    });
    const event = await sandbox.arrived('payment_intent.succeeded', payment.id);
    expect(event.data.object).toMatchObject({
      id: payment.id,
      metadata: { transaction_id: 'paid' },
    });
    expect(await sandbox.stripe.paymentIntents.retrieve(payment.id)).toMatchObject({
      status: 'succeeded',
    });
  });

  it('shows the charge of a payment, alone and expanded', async () => {
    const payment = await pay('pm_card_mastercard', { expand: ['latest_charge'] });
    const charge = payment.latest_charge as Stripe.Charge;
    expect(charge).toMatchObject({ amount: 1050, paid: true, payment_intent: payment.id });
    expect(charge.payment_method_details?.card?.brand).toBe('mastercard');
    expect(await sandbox.stripe.charges.retrieve(charge.id)).toMatchObject({ status: 'succeeded' });
  });

  it.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_visa_chargeDeclinedExpiredCard', 'expired_card', undefined],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', undefined],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', undefined],
    ['pm_card_radarBlock', 'card_declined', 'fraudulent'],
  ])('declines %s with %s', async (token, code, declineCode) => {
    const error = await failureOf(pay(token));
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({ statusCode: 402, code });
    expect(error.decline_code || undefined).toBe(declineCode);
    const payment = await sandbox.stripe.paymentIntents.retrieve(error.payment_intent!.id);
    expect(payment).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code },
    });
    expect(payment.amount_received).toBe(0);
    await sandbox.arrived('payment_intent.payment_failed', payment.id);
  });

  it('takes a declined payment when it is confirmed with another card', async () => {
    const error = await failureOf(pay('pm_card_visa_chargeDeclined'));
    const payment = await sandbox.stripe.paymentIntents.confirm(error.payment_intent!.id, {
      payment_method: 'pm_card_visa',
    });
    expect(payment).toMatchObject({ status: 'succeeded', last_payment_error: null });
  });

  it('waits for confirmation when it was not asked to confirm', async () => {
    const payment = await pay('pm_card_visa', { confirm: false });
    expect(payment.status).toBe('requires_confirmation');
    expect((await sandbox.stripe.paymentIntents.confirm(payment.id)).status).toBe('succeeded');
    const again = await failureOf(sandbox.stripe.paymentIntents.confirm(payment.id));
    expect(again).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
  });

  it('has no payment method when none was given', async () => {
    const payment = await sandbox.stripe.paymentIntents.create({ amount: 100, currency: 'eur' });
    expect(payment.status).toBe('requires_payment_method');
  });

  it('wants a return_url when redirects are not ruled out', async () => {
    const error = await failureOf(pay('pm_card_visa', { automatic_payment_methods: undefined }));
    expect(error).toMatchObject({ statusCode: 400, param: 'return_url' });
    expect(await pay('pm_card_visa')).toMatchObject({ status: 'succeeded', ...cardsOnly });
  });

  it('settles an asynchronous payment later', async () => {
    const payment = await pay('pm_sandbox_async_success');
    expect(payment.status).toBe('processing');
    await sandbox.arrived('payment_intent.processing', payment.id);
    sandbox.clock.advance(settleMs);
    await sandbox.arrived('payment_intent.succeeded', payment.id);
    expect(eventsAbout(sandbox.events, payment.id).map(({ type }) => type)).toEqual([
      'payment_intent.processing',
      'payment_intent.succeeded',
    ]);
    expect((await sandbox.stripe.paymentIntents.retrieve(payment.id)).status).toBe('succeeded');
  });

  it('fails an asynchronous payment later', async () => {
    const { id } = await pay('pm_sandbox_async_fail');
    sandbox.clock.advance(settleMs);
    await sandbox.arrived('payment_intent.payment_failed', id);
    const payment = await sandbox.stripe.paymentIntents.retrieve(id);
    expect(payment.status).toBe('requires_payment_method');
  });

  it('cancels what is not paid, and nothing else', async () => {
    const waiting = await pay('pm_card_visa', { confirm: false });
    const reason = 'requested_by_customer';
    const cancelled = await sandbox.stripe.paymentIntents.cancel(waiting.id, {
      cancellation_reason: reason,
    });
    expect(cancelled).toMatchObject({ status: 'canceled', cancellation_reason: reason });
    expect(cancelled.canceled_at).toBeGreaterThan(0);
    await sandbox.arrived('payment_intent.canceled', cancelled.id);
    const paid = await pay('pm_card_visa');
    for (const id of [cancelled.id, paid.id]) {
      const error = await failureOf(sandbox.stripe.paymentIntents.cancel(id));
      expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    }
  });

  it('finds payments by the transaction in their metadata', async () => {
    const { id } = await pay('pm_card_visa', { metadata: { transaction_id: 'searched' } });
    const search = (query: string): Promise<Stripe.ApiSearchResult<Stripe.PaymentIntent>> =>
      sandbox.stripe.paymentIntents.search({ query });
    expect((await search("metadata['transaction_id']:'searched'")).data).toMatchObject([{ id }]);
    const both = 'metadata["transaction_id"]:"searched" AND status:"canceled"';
    expect((await search(both)).data).toEqual([]);
    expect(await failureOf(search('amount>100'))).toMatchObject({
      statusCode: 400,
      param: 'query',
    });
  });

  it('lists payments newest first, a page at a time', async () => {
    const older = await pay('pm_card_visa');
    const newer = await pay('pm_card_visa');
    const first = await sandbox.stripe.paymentIntents.list({ limit: 1 });
    expect(first).toMatchObject({ has_more: true, data: [{ id: newer.id }] });
    const second = await sandbox.stripe.paymentIntents.list({ limit: 1, starting_after: newer.id });
    expect(second.data).toMatchObject([{ id: older.id }]);
  });
});
