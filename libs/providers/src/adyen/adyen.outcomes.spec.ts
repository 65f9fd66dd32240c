import { toCancelOutcome, toPaymentOutcome, toRefundOutcome } from './adyen.outcomes.js';
import type { AdyenPayment } from './adyen.outcomes.js';

const named: AdyenPayment = {
  pspReference: '993617895204576J',
  merchantReference: '01900000-0000-7000-8000-000000000000.1',
  amount: { value: 1050, currency: 'EUR' },
};
const redirect = { type: 'redirect', method: 'GET', url: 'https://bank.test/pay' };

describe("Adyen's result", () => {
  it.each([
    ['Authorised', 'completed'],
    ['Cancelled', 'cancelled'],
    ['Refused', 'declined'],
    ['Error', 'declined'],
    ['Received', 'processing'],
    ['Pending', 'processing'],
    ['AuthenticationFinished', 'processing'],
  ])('%s is %s', (resultCode, status) => {
    expect(toPaymentOutcome({ ...named, resultCode })).toMatchObject({
      status,
      providerTransactionId: named.pspReference,
      money: { amount: '10.50', currency: 'EUR' },
    });
  });

  it('Authorised is completed without an amount too: Adyen need not name one in an answer', () => {
    const outcome = toPaymentOutcome({ ...named, amount: undefined, resultCode: 'Authorised' });
    expect(outcome).toMatchObject({ status: 'completed', money: undefined });
  });

  it.each(['RedirectShopper', 'ChallengeShopper', 'IdentifyShopper', 'PresentToShopper'])(
    '%s with a page is a page for the payer',
    (resultCode) => {
      expect(toPaymentOutcome({ resultCode, action: redirect })).toMatchObject({
        status: 'requires_action',
        nextAction: { type: 'redirect', url: redirect.url },
      });
    },
  );

  it.each([
    ['RedirectShopper', { ...redirect, method: 'POST' }, 'RedirectShopper:redirect'],
    ['RedirectShopper', { ...redirect, url: 'javascript:alert(1)' }, 'RedirectShopper:redirect'],
    ['IdentifyShopper', { type: 'threeDS2', token: 'x' }, 'IdentifyShopper:threeDS2'],
    ['PresentToShopper', { type: 'voucher' }, 'PresentToShopper:voucher'],
    ['ChallengeShopper', undefined, 'ChallengeShopper:no action'],
  ])('%s with %j is processing, and unmapped', (resultCode, action, unmapped) => {
    const outcome = toPaymentOutcome({ ...named, resultCode, action });
    expect(outcome).toMatchObject({ status: 'processing', unmapped });
  });

  it.each(['PartiallyAuthorised', 'AuthenticationNotRequired', 'Success', 'BrandNew', 'toString'])(
    '%s is processing, and unmapped',
    (resultCode) => {
      const outcome = toPaymentOutcome({ ...named, resultCode });
      expect(outcome).toMatchObject({ status: 'processing', unmapped: resultCode });
    },
  );

  it('Cancelled for a reason is a decline for that reason', () => {
    const refusal = { refusalReason: 'FRAUD-CANCELLED', refusalReasonCode: '22' };
    const outcome = toPaymentOutcome({ ...named, resultCode: 'Cancelled', ...refusal });
    expect(outcome).toMatchObject({ status: 'declined', code: 'suspected_fraud', retry: 'never' });
  });

  it.each([
    {},
    { resultCode: 'Authorised' },
    { resultCode: 'Cancelled', pspReference: '' },
    { resultCode: 'Authorised', pspReference: 'x'.repeat(256) },
  ])('%j names no payment, so the outcome is unknown', (answer) => {
    expect(() => toPaymentOutcome(answer)).toThrow(
      expect.objectContaining({ kind: 'outcome_unknown' }),
    );
  });

  it('is stored without what it says of the payer', () => {
    const answer = {
      ...named,
      resultCode: 'Authorised',
      additionalData: { cardHolderName: 'MARKED', shopperEmail: 'MARKED' },
      paymentMethod: { brand: 'visa', type: 'scheme', holderName: 'MARKED' },
    };
    const { response } = toPaymentOutcome(answer);
    expect(response).toMatchObject({ brand: 'visa', resultCode: 'Authorised' });
    expect(JSON.stringify(response)).not.toContain('MARKED');
  });
});

describe("Adyen's word on a modification", () => {
  const received = { status: 'received', pspReference: '993617895215577D' };

  it('is that it was received: the verdict comes later', () => {
    expect(toRefundOutcome(received)).toMatchObject({
      status: 'processing',
      providerRefundId: received.pspReference,
    });
    const cancelled = toCancelOutcome(received, 'payment');
    expect(cancelled).toMatchObject({ status: 'processing', providerTransactionId: 'payment' });
    expect(cancelled).toHaveProperty('unmapped', undefined);
  });

  it('that we do not know is processing, and unmapped', () => {
    const answer = { ...received, status: 'declared' };
    expect(toRefundOutcome(answer)).toMatchObject({ status: 'processing', unmapped: 'declared' });
    expect(toCancelOutcome(answer, undefined)).toMatchObject({
      status: 'processing',
      unmapped: 'declared',
    });
  });

  it('without a reference leaves a refund unknown', () => {
    expect(() => toRefundOutcome({ status: 'received' })).toThrow(
      expect.objectContaining({ kind: 'outcome_unknown' }),
    );
  });
});
