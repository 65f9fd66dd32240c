import type Stripe from 'stripe';
import { type RunningSandbox, runSandbox, settleMs } from '../testing/running-sandbox.js';

describe('refunds of the Stripe sandbox', () => {
  let sandbox: RunningSandbox;

  beforeAll(async () => {
    sandbox = await runSandbox();
  });

  afterAll(() => sandbox.close());

  const pay = async (paymentMethod = 'pm_card_visa'): Promise<string> => {
    const payment = await sandbox.stripe.paymentIntents.create({
      amount: 1000,
      currency: 'eur',
      confirm: true,
      payment_method: paymentMethod,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    return payment.id;
  };

  const refund = (
    payment: string,
    more: Stripe.RefundCreateParams = {},
  ): Promise<Stripe.Response<Stripe.Refund>> =>
    sandbox.stripe.refunds.create({ payment_intent: payment, ...more });

  const refunded = async (payment: string): Promise<number> => {
    const { body } = await sandbox.control('GET', 'charges');
    const { charges } = body as { charges: { id: string; refunded: number }[] };
    return charges.find(({ id }) => id === payment)!.refunded;
  };

  it('gives back a part, then the rest', async () => {
    const payment = await pay();
    const metadata = { refund_id: 'one' };
    const part = await refund(payment, { amount: 300, metadata, reason: 'requested_by_customer' });
    expect(part).toMatchObject({
      status: 'succeeded',
      amount: 300,
      metadata,
      payment_intent: payment,
    });
    const rest = await refund(payment);
    expect(rest.amount).toBe(700);
    expect(await refunded(payment)).toBe(1000);
    const told = await sandbox.arrived('charge.refunded', part.charge as string, 2);
    expect(told.data.object).toMatchObject({ refunded: true, amount_refunded: 1000 });
    expect(await sandbox.stripe.refunds.retrieve(part.id)).toMatchObject({ id: part.id });
    const listed = await sandbox.stripe.refunds.list({ payment_intent: payment });
    expect(listed.data.map(({ id }) => id)).toEqual([rest.id, part.id]);
  });

  it('gives back no more than was paid', async () => {
    const payment = await pay();
    await expect(refund(payment, { amount: 1001 })).rejects.toMatchObject({
      code: 'amount_too_large',
    });
    await refund(payment, { amount: 600 });
    await expect(refund(payment, { amount: 401 })).rejects.toMatchObject({ statusCode: 400 });
    await refund(payment, { amount: 400 });
    await expect(refund(payment)).rejects.toMatchObject({ code: 'charge_already_refunded' });
    expect(await refunded(payment)).toBe(1000);
  });

  it('gives back nothing of a payment that was declined', async () => {
    const error = (await pay('pm_card_visa_chargeDeclined').catch(
      (thrown: Stripe.errors.StripeError) => thrown,
    )) as Stripe.errors.StripeError;
    await expect(refund(error.payment_intent!.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it.each([
    [{}, 400],
    [{ payment_intent: 'pi_none' }, 404],
    [{ charge: 'ch_none' }, 404],
  ])('refuses a refund of %j', async (params, statusCode) => {
    await expect(sandbox.stripe.refunds.create(params)).rejects.toMatchObject({ statusCode });
  });

  it('refunds a charge by its own id', async () => {
    const { latest_charge: charge } = await sandbox.stripe.paymentIntents.retrieve(await pay());
    const made = await sandbox.stripe.refunds.create({
      charge: charge as string,
      expand: ['charge'],
    });
    expect(made.charge).toMatchObject({ id: charge, amount_refunded: 1000 });
  });

  it('leaves a refund pending, then completes it', async () => {
    const made = await refund(await pay('pm_sandbox_refund_pending'));
    expect(made).toMatchObject({ status: 'pending', pending_reason: 'processing' });
    sandbox.clock.advance(settleMs);
    const told = await sandbox.arrived('refund.updated', made.id);
    expect(told.data.object).toMatchObject({ id: made.id, status: 'succeeded' });
  });

  it.each([
    ['pm_sandbox_refund_fail', 'pending'],
    ['pm_sandbox_refund_late_fail', 'succeeded'],
    ['pm_card_refundFail', 'succeeded'],
  ])(
    'fails a refund of %s that was %s, and the money can be given back again',
    async (token, status) => {
      const payment = await pay(token);
      const made = await refund(payment, { amount: 400 });
      expect(made.status).toBe(status);
      expect(await refunded(payment)).toBe(400);
      sandbox.clock.advance(settleMs);
      const told = await sandbox.arrived('refund.failed', made.id);
      expect(told.data.object).toMatchObject({
        id: made.id,
        status: 'failed',
        failure_reason: 'declined',
      });
      expect(await refunded(payment)).toBe(0);
      expect((await refund(payment)).amount).toBe(1000);
    },
  );

  it('takes a refund made by hand, and tells of it without metadata', async () => {
    const payment = await pay();
    const wanted = { provider: 'stripe', payment_id: payment, amount: 250 };
    const made = await sandbox.control('POST', 'refunds', wanted);
    expect(made).toMatchObject({ status: 201 });
    const { id } = made.body as { id: string };
    const told = await sandbox.arrived('refund.created', id);
    expect(told.data.object).toMatchObject({ amount: 250, metadata: {}, payment_intent: payment });
    expect(told.request).toMatchObject({ idempotency_key: null });
    expect(await refunded(payment)).toBe(250);
  });

  it.each([
    { provider: 'stripe', payment_id: 'pi_nobody', amount: 1 },
    { provider: 'nobody', payment_id: 'pi_nobody', amount: 1 },
    { provider: 'stripe', amount: 1 },
    { provider: 'stripe', payment_id: 'pi_nobody', amount: 0.5 },
  ])('refuses to refund by hand %j', async (body) => {
    expect((await sandbox.control('POST', 'refunds', body)).status).toBe(400);
  });
});
