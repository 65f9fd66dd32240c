import { isDeclineIssue, toDecline } from './paypal.declines.js';

describe("PayPal's decline", () => {
  it.each([
    ['5120', 'insufficient_funds', 'after_customer_action'],
    ['5400', 'expired_card', 'after_customer_action'],
    ['1330', 'invalid_card', 'after_customer_action'],
    ['5180', 'invalid_card', 'after_customer_action'],
    ['00N7', 'incorrect_cvc', 'after_customer_action'],
    ['5110', 'incorrect_cvc', 'after_customer_action'],
    ['9520', 'lost_or_stolen', 'never'],
    ['9500', 'suspected_fraud', 'never'],
    ['DECLINED_BY_RISK_FRAUD_FILTERS', 'suspected_fraud', 'never'],
    ['5650', 'authentication_failed', 'after_customer_action'],
    ['9100', 'processing_error', 'same_provider'],
    ['5920', 'provider_unavailable', 'same_provider'],
    ['0500', 'card_declined', 'other_provider'],
    ['5100', 'card_declined', 'other_provider'],
    ['PPRN', 'card_declined', 'never'],
    ['INSTRUMENT_DECLINED', 'card_declined', 'after_customer_action'],
    ['PAYER_CANNOT_PAY', 'card_declined', 'after_customer_action'],
    ['TRANSACTION_REFUSED', 'card_declined', 'other_provider'],
  ])('%s is our %s, to be retried: %s', (rawCode, code, retry) => {
    const decline = toDecline({ code: rawCode, message: 'No.' });
    expect(decline).toEqual({ code, retry, raw: { code: rawCode, message: 'No.' } });
  });

  it.each(['ZZZZ', '0000', 'constructor', '__proto__'])(
    'with the code %j that we do not know is a processing error, and says so',
    (rawCode) => {
      expect(toDecline({ code: rawCode })).toMatchObject({
        code: 'processing_error',
        retry: 'never',
        unmapped: rawCode,
      });
      expect(isDeclineIssue(rawCode)).toBe(false);
    },
  );

  it('is retried as the card network advises, whatever our table says', () => {
    expect(toDecline({ code: '0500', adviceCode: '03' }).retry).toBe('never');
    expect(toDecline({ code: '0500', adviceCode: '24' }).retry).toBe('same_provider');
    expect(toDecline({ code: '0500', adviceCode: '99' }).retry).toBe('other_provider');
  });

  it('keeps a bounded part of what PayPal says', () => {
    const { raw } = toDecline({ code: 'x'.repeat(10_000), message: 'x'.repeat(10_000) });
    expect([raw.code.length, raw.message.length]).toEqual([100, 300]);
  });
});
