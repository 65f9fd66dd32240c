import * as fc from 'fast-check';
import {
  canBeSentToPayPal,
  fromPayPalMoney,
  payPalCurrencies,
  toPayPalMoney,
} from './paypal.amounts.js';

describe('an amount for PayPal', () => {
  it.each([
    ['10.50', 'USD', '10.50'],
    ['10.5', 'USD', '10.50'],
    ['100.50', 'THB', '100.50'],
    ['500', 'JPY', '500'],
    ['1000.00', 'HUF', '1000'],
    ['30.00', 'TWD', '30'],
    ['9999999.99', 'EUR', '9999999.99'],
    ['9999999', 'JPY', '9999999'],
  ])('of %s %s is sent as %s', (amount, currency, value) => {
    expect(toPayPalMoney(amount, currency)).toEqual({ currency_code: currency, value });
  });

  it.each([
    ['0.5', 'JPY'],
    ['10.50', 'HUF'],
    ['0.01', 'TWD'],
    ['10.001', 'USD'],
    ['5.120', 'KWD'],
    ['5', 'ISK'],
    ['5', 'KRW'],
    ['1', 'XXX'],
    ['1', 'usd'],
    ['-1', 'USD'],
    ['1e3', 'USD'],
    ['10000000', 'USD'],
    ['10000000', 'JPY'],
  ])('of %s %s is refused before anything is sent', (amount, currency) => {
    expect(() => toPayPalMoney(amount, currency)).toThrow(
      expect.objectContaining({ kind: 'rejected', details: { code: 'amount_not_representable' } }),
    );
    expect(canBeSentToPayPal(amount, currency)).toBe(false);
  });

  it('comes back as the same amount in every currency', () => {
    const whole = fc.integer({ min: 1, max: 999_999 });
    fc.assert(
      fc.property(whole, fc.constantFrom(...payPalCurrencies), (units, currency) => {
        const sent = toPayPalMoney(String(units), currency);
        expect(fromPayPalMoney(sent)).toEqual({ amount: sent.value, currency });
        expect(Number(sent.value)).toBe(units);
      }),
    );
  });

  it.each([
    [undefined],
    [null],
    ['10.50'],
    [{ currency_code: 'USD' }],
    [{ currency_code: 'USD', value: 10.5 }],
    [{ currency_code: 'USD', value: '-1.00' }],
    [{ currency_code: 'USD', value: '1,000.00' }],
    [{ currency_code: 'usd', value: '1.00' }],
  ])('of the form %j is never taken for a known outcome', (money) => {
    const unknown = expect.objectContaining({ kind: 'outcome_unknown' });
    expect(() => fromPayPalMoney(money)).toThrow(unknown);
  });
});
