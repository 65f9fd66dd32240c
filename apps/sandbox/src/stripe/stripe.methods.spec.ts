import type Stripe from 'stripe';
import { type RunningSandbox, runSandbox, settleMs } from '../testing/running-sandbox.js';

describe('payment methods beside cards', () => {
  let sandbox: RunningSandbox;

  beforeAll(async () => {
    sandbox = await runSandbox();
  });

  afterAll(() => sandbox.close());

  const online = { ip_address: '203.0.113.7', user_agent: 'Mozilla/5.0' };
  const mandate = { mandate_data: { customer_acceptance: { type: 'online' as const, online } } };
  const without = {
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  } as const;

  const pay = (
    token: string | undefined,
    currency: string,
    more: Partial<Stripe.PaymentIntentCreateParams> = without,
    idempotencyKey?: string,
  ): Promise<Stripe.Response<Stripe.PaymentIntent>> =>
    sandbox.stripe.paymentIntents.create(
      { amount: 1050, currency, confirm: true, payment_method: token, ...more },
      { idempotencyKey },
    );

  const debit = (token: string, currency = 'usd') =>
    pay(token, currency, { ...without, ...mandate });

  const redirect = (token: string, currency = 'usd') =>
    pay(token, currency, { return_url: 'https://shop.test/back' });

  const read = (id: string) =>
    sandbox.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });

  const decide = (url: string, decision: string) =>
    fetch(url, { method: 'POST', body: new URLSearchParams({ decision }), redirect: 'manual' });

  it.each([
    ['pm_usBankAccount_success', 'usd', 'us_bank_account'],
    ['pm_sepaDebit_success_at', 'eur', 'sepa_debit'],
    ['pm_sepaDebit_success_de', 'eur', 'sepa_debit'],
  ])('the debit %s is processing, then succeeds', async (token, currency, type) => {
    const payment = await debit(token, currency);
    expect(payment).toMatchObject({ status: 'processing', payment_method_types: [type] });
    sandbox.clock.advance(settleMs);
    await sandbox.arrived('payment_intent.succeeded', payment.id);
    const charge = (await read(payment.id)).latest_charge as Stripe.Charge;
    expect(charge.payment_method_details).toMatchObject({ type });
    expect(charge).toHaveProperty(
      `payment_method_details.${type}.mandate`,
      expect.stringMatching(/^mandate_/),
    );
  });

  it.each([
    ['pm_usBankAccount_accountClosed', 'usd', 'account_closed'],
    ['pm_usBankAccount_noAccount', 'usd', 'no_account'],
    ['pm_usBankAccount_insufficientFunds', 'usd', 'insufficient_funds'],
    ['pm_usBankAccount_debitNotAuthorized', 'usd', 'debit_not_authorized'],
    ['pm_sepaDebit_failed_at', 'eur', 'payment_intent_payment_attempt_failed'],
    ['pm_sepaDebit_insufficientFunds_fr', 'eur', 'insufficient_funds'],
  ])('the debit %s is processing, then fails', async (token, currency, code) => {
    const { id, status } = await debit(token, currency);
    expect(status).toBe('processing');
    sandbox.clock.advance(settleMs);
    const told = await sandbox.arrived('payment_intent.payment_failed', id);
    expect(told.data.object).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code },
    });
  });

  it('a debit that stays processing can be cancelled, and nothing is taken', async () => {
    const { id } = await debit('pm_usBankAccount_processing');
    sandbox.clock.advance(10 * settleMs);
    expect((await read(id)).status).toBe('processing');
    expect((await sandbox.stripe.paymentIntents.cancel(id)).status).toBe('canceled');
    const { body } = await sandbox.control('GET', 'charges');
    const { charges } = body as { charges: { id: string; status: string }[] };
    expect(charges.find((charge) => charge.id === id)).toMatchObject({ status: 'failed' });
  });

  it('a debit without a mandate leaves a payment that can be confirmed with one', async () => {
    const refused = pay('pm_usBankAccount_success', 'usd', without, 'mandateless');
    const error = (await refused.catch((thrown: unknown) => thrown)) as Stripe.errors.StripeError;
    expect(error).toMatchObject({
      statusCode: 400,
      payment_intent: { status: 'requires_confirmation' },
    });
    const replayed = pay('pm_usBankAccount_success', 'usd', without, 'mandateless');
    await expect(replayed).rejects.toMatchObject({
      payment_intent: { id: error.payment_intent?.id },
    });
    const confirmed = await sandbox.stripe.paymentIntents.confirm(
      error.payment_intent?.id ?? '',
      mandate,
    );
    expect(confirmed.status).toBe('processing');
  });

  it('a mandate names the address and the browser that it was accepted with', async () => {
    const unsigned = { type: 'online' as const, online: { ...online, user_agent: undefined } };
    const call = pay('pm_usBankAccount_success', 'usd', {
      ...without,
      mandate_data: { customer_acceptance: unsigned as never },
    });
    await expect(call).rejects.toMatchObject({ code: 'parameter_missing' });
  });

  it.each([
    ['pm_sandbox_alipay', 'usd', 'alipay_handle_redirect'],
    ['pm_sandbox_grabpay', 'sgd', 'redirect_to_url'],
    ['pm_sandbox_crypto', 'usd', 'redirect_to_url'],
  ] as const)('%s sends the payer away, who may decline', async (token, currency, type) => {
    const payment = await redirect(token, currency);
    expect(payment).toMatchObject({ status: 'requires_action', next_action: { type } });
    const back = await decide(payment.next_action?.[type]?.url ?? '', 'decline');
    expect(back.headers.get('location')).toContain('redirect_status=failed');
    expect(await read(payment.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
  });

  it('a wallet that is approved has paid', async () => {
    const { id, next_action: next } = await redirect('pm_sandbox_alipay', 'eur');
    await decide(next?.alipay_handle_redirect?.url ?? '', 'approve');
    expect((await read(id)).status).toBe('succeeded');
  });

  it('crypto that is approved is processing, then succeeds', async () => {
    const { id, next_action: next } = await redirect('pm_sandbox_crypto');
    const back = await decide(next?.redirect_to_url?.url ?? '', 'approve');
    expect(back.headers.get('location')).toContain('redirect_status=pending');
    expect((await read(id)).status).toBe('processing');
    await expect(sandbox.stripe.paymentIntents.cancel(id)).rejects.toMatchObject({
      statusCode: 400,
    });
    sandbox.clock.advance(settleMs);
    await sandbox.arrived('payment_intent.succeeded', id);
  });

  it.each([
    ['pm_usBankAccount_success', 'eur'],
    ['pm_sepaDebit_success_at', 'usd'],
    ['pm_sandbox_grabpay', 'usd'],
    ['pm_sandbox_crypto', 'eur'],
  ])('%s is not taken in %s', async (token, currency) => {
    await expect(redirect(token, currency)).rejects.toMatchObject({
      code: 'payment_method_currency_mismatch',
    });
  });

  it('a wallet is not taken where redirects are ruled out', async () => {
    await expect(pay('pm_sandbox_alipay', 'usd')).rejects.toMatchObject({
      code: 'payment_intent_incompatible_payment_method',
    });
  });

  const payByToken = (token: string) => {
    const data = { type: 'card' as const, card: { token } };
    const more = { ...without, payment_method_data: data };
    return pay(undefined, 'usd', more);
  };

  it("a card comes as a card's token too", async () => {
    expect((await payByToken('tok_visa')).status).toBe('succeeded');
    const declined = payByToken('tok_visa_chargeDeclined');
    await expect(declined).rejects.toMatchObject({ code: 'card_declined' });
  });
});
