import type { ChargeIntent } from '../port.js';
import { toOrderBody } from './paypal.requests.js';

const intent: ChargeIntent = {
  idempotencyKey: 'tx.1',
  transactionId: 'tx',
  amount: '10.50',
  currency: 'USD',
  paymentMethod: 'card',
  paymentMethodToken: '8kk8451t',
  payer: { email: 'a@a.test', name: 'A' },
};
const wallet = { ...intent, paymentMethod: 'e_wallet' } as const;
const returnUrl = 'https://shop.test/back';

describe('an order for PayPal', () => {
  it('names the amount, the payment and its attempt, and nobody', () => {
    expect(toOrderBody(intent)).toEqual({
      intent: 'CAPTURE',
      purchase_units: [
        {
          amount: { currency_code: 'USD', value: '10.50' },
          custom_id: 'tx',
          invoice_id: 'tx.1',
        },
      ],
      payment_source: { card: { vault_id: '8kk8451t' } },
    });
  });

  it('by a vaulted card comes back from an authentication', () => {
    const experience_context = { return_url: returnUrl, cancel_url: returnUrl };
    expect(toOrderBody({ ...intent, returnUrl })).toMatchObject({
      payment_source: { card: { vault_id: '8kk8451t', experience_context } },
    });
  });

  it('by a vaulted PayPal account names that alone', () => {
    expect(toOrderBody({ ...wallet, returnUrl })).toMatchObject({
      payment_source: { paypal: { vault_id: '8kk8451t' } },
    });
  });

  it('without a token lets the payer approve, and come back', () => {
    const order = toOrderBody({ ...wallet, paymentMethodToken: undefined, returnUrl });
    expect(order).toMatchObject({
      payment_source: {
        paypal: {
          experience_context: {
            return_url: returnUrl,
            cancel_url: returnUrl,
            user_action: 'PAY_NOW',
          },
        },
      },
    });
  });

  it.each([
    ['without a token or a return_url', { ...wallet, paymentMethodToken: undefined }],
    ['by a card without a token', { ...intent, paymentMethodToken: undefined }],
    ['by a method that PayPal has not', { ...intent, paymentMethod: 'crypto' } as const],
    ['of an amount that PayPal has not', { ...intent, currency: 'KWD' }],
  ])('%s is rejected', (_, wrong) => {
    expect(() => toOrderBody(wrong)).toThrow(expect.objectContaining({ kind: 'rejected' }));
  });

  it.each([
    ['x'.repeat(200), 'x'.repeat(127)],
    ['\u{1F600}'.repeat(60), '\u{1F600}'.repeat(31)],
    ['Tea', 'Tea'],
  ])('has a description of at most 127 bytes', (description, sent) => {
    expect(toOrderBody({ ...intent, description })).toMatchObject({
      purchase_units: [{ description: sent }],
    });
  });
});
