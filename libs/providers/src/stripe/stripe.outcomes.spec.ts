import { toPaymentOutcome, toRefundOutcome } from './stripe.outcomes.js';

const payment = {
  ...{ id: 'pi_1', object: 'payment_intent', amount: 1050, amount_received: 1050 },
  ...{ currency: 'usd', created: 1 },
};
const refund = { id: 're_1', object: 'refund', amount: 1050, currency: 'usd', created: 1 };

describe('a PaymentIntent', () => {
  it.each([
    ['succeeded', 'completed'],
    ['processing', 'processing'],
    ['requires_capture', 'processing'],
    ['requires_confirmation', 'processing'],
    ['requires_payment_method', 'processing'],
    ['canceled', 'cancelled'],
  ])('that is %s means %s', (status, ours) => {
    const outcome = toPaymentOutcome({ ...payment, status });
    expect(outcome).toMatchObject({ status: ours, providerTransactionId: 'pi_1' });
  });

  it('that waits for the payer says where the payer goes', () => {
    const next = { type: 'redirect_to_url', redirect_to_url: { url: 'https://pay.test/3ds' } };
    const outcome = toPaymentOutcome({ ...payment, status: 'requires_action', next_action: next });
    expect(outcome).toMatchObject({
      status: 'requires_action',
      nextAction: { type: 'redirect', url: 'https://pay.test/3ds' },
    });
  });

  it('that speaks to Stripe.js about a 3-D Secure page gives that page', () => {
    const sdk = { type: 'three_d_secure_redirect', stripe_js: 'https://pay.test/3ds' };
    const next = { type: 'use_stripe_sdk', use_stripe_sdk: sdk };
    const outcome = toPaymentOutcome({ ...payment, status: 'requires_action', next_action: next });
    expect(outcome).toMatchObject({ nextAction: { url: 'https://pay.test/3ds' } });
  });

  it.each([
    ['alipay_handle_redirect', { url: 'https://pay.test/1', native_url: 'alipays://1' }],
    [
      'cashapp_handle_redirect_or_display_qr_code',
      { hosted_instructions_url: 'https://pay.test/1' },
    ],
    ['wechat_pay_display_qr_code', { data: 'x', hosted_instructions_url: 'https://pay.test/1' }],
    ['oxxo_display_details', { number: '1', hosted_voucher_url: 'https://pay.test/1' }],
    ['verify_with_microdeposits', { hosted_verification_url: 'https://pay.test/1' }],
  ])('that waits for the payer by %s gives the page', (type, details) => {
    const next = { type, [type]: details };
    const outcome = toPaymentOutcome({ ...payment, status: 'requires_action', next_action: next });
    expect(outcome).toMatchObject({
      status: 'requires_action',
      nextAction: { type: 'redirect', url: 'https://pay.test/1' },
    });
  });

  it.each([
    [{ type: 'redirect_to_url', alipay_handle_redirect: { url: 'https://pay.test/1' } }],
    [{ type: 'alipay_handle_redirect', alipay_handle_redirect: { url: 'alipays://1' } }],
    [{ type: 'redirect_to_url', redirect_to_url: 'https://pay.test/1' }],
    [{ type: '__proto__' }],
  ])('that waits for the payer without a web page of its type is flagged: %j', (next) => {
    const outcome = toPaymentOutcome({ ...payment, status: 'requires_action', next_action: next });
    expect(outcome).toMatchObject({ status: 'processing', unmapped: expect.any(String) });
  });

  it.each([
    [{ status: 'succeeded', amount: 1050, amount_received: 1050 }, '10.50', 'USD', 'usd'],
    [{ status: 'succeeded', amount: 1050, amount_received: 900 }, '9.00', 'USD', 'usd'],
    [{ status: 'processing', amount: 1050, amount_received: 0 }, '10.50', 'USD', 'usd'],
    [{ status: 'succeeded', amount: 500, amount_received: 500 }, '500', 'JPY', 'jpy'],
    [{ status: 'succeeded', amount: 500, amount_received: 500 }, '5', 'ISK', 'isk'],
    [{ status: 'succeeded', amount: 5120, amount_received: 5120 }, '5.120', 'KWD', 'kwd'],
  ])('of %j names %s %s', (fields, amount, currency, wireCurrency) => {
    const outcome = toPaymentOutcome({ ...payment, ...fields, currency: wireCurrency });
    expect(outcome.money).toEqual({ amount, currency });
  });

  const nonsense = [
    { amount: 10.5, amount_received: 10.5 },
    { amount: '1050', amount_received: '1050' },
    { amount: undefined, amount_received: undefined },
    { amount: 5, amount_received: 5, currency: 'xcg' },
    { currency: null },
  ];

  it.each([...nonsense, { amount_received: undefined }, { amount_received: null }])(
    'that succeeded with an amount that makes no sense (%j) leaves the outcome unknown',
    (fields) => {
      const unknown = expect.objectContaining({ kind: 'outcome_unknown' });
      const succeeded = { ...payment, ...fields, status: 'succeeded' };
      expect(() => toPaymentOutcome(succeeded)).toThrow(unknown);
    },
  );

  it.each(nonsense)(
    'that takes nothing keeps its status, whatever its amount is (%j)',
    (fields) => {
      const outcome = toPaymentOutcome({ ...payment, ...fields, status: 'canceled' });
      expect(outcome).toMatchObject({ status: 'cancelled', money: undefined });
    },
  );

  it('that waits for the payer without a page is flagged', () => {
    const next = { type: 'use_stripe_sdk', use_stripe_sdk: { stripe_js: {} } };
    const outcome = toPaymentOutcome({ ...payment, status: 'requires_action', next_action: next });
    expect(outcome).toMatchObject({
      status: 'processing',
      unmapped: 'requires_action:use_stripe_sdk',
    });
  });

  it('that wants another method after an error was declined', () => {
    const error = { code: 'card_declined', decline_code: 'lost_card', message: 'No.' };
    const declined = { ...payment, status: 'requires_payment_method', last_payment_error: error };
    expect(toPaymentOutcome(declined)).toMatchObject({
      status: 'declined',
      providerTransactionId: 'pi_1',
      code: 'lost_or_stolen',
      retry: 'never',
      raw: { code: 'lost_card', message: 'No.' },
    });
  });

  it('in a status that we do not know stays processing and is flagged', () => {
    const outcome = toPaymentOutcome({ ...payment, status: 'on_the_moon' });
    expect(outcome).toMatchObject({ status: 'processing', unmapped: 'on_the_moon' });
  });

  it.each([null, undefined, 'pi_1', {}, { id: 'pi_1' }, { object: 'payment_intent' }, refund])(
    'that is none (%j) leaves the outcome unknown',
    (value) => {
      const unknown = expect.objectContaining({ kind: 'outcome_unknown' });
      expect(() => toPaymentOutcome(value)).toThrow(unknown);
    },
  );

  it('is stored without personal data, secrets or card data', () => {
    const marked = {
      ...payment,
      status: 'requires_payment_method',
      client_secret: 'MARK',
      description: 'MARK',
      receipt_email: 'MARK',
      shipping: { name: 'MARK' },
      metadata: { transaction_id: 't', note: 'MARK' },
      customer: { id: 'cus_1', email: 'MARK' },
      last_payment_error: { code: 'card_declined', message: 'no', payment_method: { id: 'MARK' } },
      next_action: { type: 'redirect_to_url', redirect_to_url: { url: 'MARK' } },
    };
    const outcome = toPaymentOutcome(marked);
    const text = JSON.stringify(outcome);
    expect(text).not.toContain('MARK');
    expect(text.length).toBeLessThan(4096);
    expect(outcome).toMatchObject({ providerCustomerId: 'cus_1', response: { amount: 1050 } });
  });
});

describe('a Refund', () => {
  it.each([
    ['succeeded', 'completed'],
    ['pending', 'processing'],
    ['requires_action', 'processing'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ])('that is %s means %s', (status, ours) => {
    expect(toRefundOutcome({ ...refund, status })).toMatchObject({
      status: ours,
      providerRefundId: 're_1',
    });
  });

  it('that failed says why', () => {
    const failed = { ...refund, status: 'failed', failure_reason: 'lost_or_stolen_card' };
    expect(toRefundOutcome(failed)).toMatchObject({ raw: { code: 'lost_or_stolen_card' } });
  });

  it('in a status that we do not know stays processing and is flagged', () => {
    const outcome = toRefundOutcome({ ...refund, status: 'on_the_moon' });
    expect(outcome).toMatchObject({ status: 'processing', unmapped: 'on_the_moon' });
  });

  it('that is none leaves the outcome unknown', () => {
    const unknown = expect.objectContaining({ kind: 'outcome_unknown' });
    expect(() => toRefundOutcome(payment)).toThrow(unknown);
  });
});
