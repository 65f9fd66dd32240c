import { canBeSentToAdyen, fromAdyenAmount, toAdyenAmount } from './adyen.amounts.js';

describe('an amount for Adyen', () => {
  it.each([
    ['10.50', 'USD', 1050, '10.50'],
    ['100.50', 'THB', 10_050, '100.50'],
    ['500', 'JPY', 500, '500'],
    ['5.123', 'KWD', 5123, '5.123'],
    ['5', 'ISK', 500, '5'],
    ['5', 'CLP', 500, '5'],
    ['500.00', 'IDR', 500, '500.00'],
    ['500', 'CVE', 500, '500.00'],
    ['5', 'UGX', 5, '5'],
    ['10.50', 'HUF', 1050, '10.50'],
  ])('of %s %s is %i on the wire and reads %s', (amount, currency, value, back) => {
    expect(toAdyenAmount(amount, currency)).toEqual({ currency, value });
    expect(fromAdyenAmount({ currency, value })).toEqual({ currency, amount: back });
  });

  it.each([
    ['0.5', 'JPY'],
    ['0.5', 'CLP'],
    ['0.01', 'ISK'],
    ['500.50', 'IDR'],
    ['5.1234', 'KWD'],
    ['1', 'XXX'],
    ['1', 'usd'],
    ['900719925474099.30', 'USD'],
  ])('of %s %s is refused, not rounded', (amount, currency) => {
    expect(canBeSentToAdyen(amount, currency)).toBe(false);
    expect(() => toAdyenAmount(amount, currency)).toThrow(
      expect.objectContaining({ kind: 'rejected' }),
    );
  });

  it.each([
    undefined,
    null,
    'EUR 10',
    { currency: 'EUR' },
    { value: 10 },
    { currency: 'XXX', value: 10 },
    { currency: 'EUR', value: 10.5 },
    { currency: 'EUR', value: '10' },
  ])('%j is no amount', (amount) => {
    expect(fromAdyenAmount(amount)).toBeUndefined();
  });

  it('that Adyen counts in fractions of what has none is shown as it is', () => {
    expect(fromAdyenAmount({ currency: 'ISK', value: 550 })).toEqual({
      currency: 'ISK',
      amount: '5.5',
    });
  });
});
