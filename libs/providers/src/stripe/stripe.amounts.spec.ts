import * as fc from 'fast-check';
import {
  canBeSentToStripe,
  fromStripeAmount,
  stripeCurrencies,
  toStripeAmount,
} from './stripe.amounts.js';

describe('an amount for Stripe', () => {
  it.each([
    ['10.50', 'USD', 1050],
    ['100.50', 'THB', 10_050],
    ['500', 'JPY', 500],
    ['5', 'ISK', 500],
    ['5', 'UGX', 500],
    ['5.120', 'KWD', 5120],
    ['10.50', 'HUF', 1050],
    ['999999.99', 'THB', 99_999_999],
    ['99999999', 'JPY', 99_999_999],
    ['999999', 'ISK', 99_999_900],
    ['99999.990', 'KWD', 99_999_990],
    ['9999999999.99', 'IDR', 999_999_999_999],
  ])('of %s %s is sent as %s', (amount, currency, wire) => {
    expect(toStripeAmount(amount, currency)).toBe(wire);
  });

  it.each([
    ['0.5', 'JPY'],
    ['10.001', 'USD'],
    ['5.123', 'KWD'],
    ['5.50', 'ISK'],
    ['0.01', 'UGX'],
    ['1', 'XXX'],
    ['10.50', 'MRU'],
    ['1', 'usd'],
    ['-1', 'USD'],
    ['1000000', 'THB'],
    ['100000000', 'JPY'],
    ['1000000', 'ISK'],
    ['100000', 'KWD'],
    ['10000000000', 'IDR'],
    ['90071992547409.93', 'USD'],
  ])('of %s %s is refused before anything is sent', (amount, currency) => {
    expect(() => toStripeAmount(amount, currency)).toThrow(
      expect.objectContaining({ kind: 'rejected', details: { code: 'amount_not_representable' } }),
    );
    expect(canBeSentToStripe(amount, currency)).toBe(false);
  });

  it('comes back as the same amount in every currency', () => {
    const whole = fc.integer({ min: 0, max: 99_999 });
    fc.assert(
      fc.property(whole, fc.constantFrom(...stripeCurrencies), (units, currency) => {
        const wire = toStripeAmount(String(units), currency);
        const back = fromStripeAmount(wire, currency.toLowerCase());
        expect(toStripeAmount(back, currency)).toBe(wire);
        expect(Number(back)).toBe(units);
      }),
    );
  });

  it.each([
    [500, 'jpy', '500'],
    [500, 'isk', '5'],
    [5120, 'kwd', '5.120'],
    [1050, 'usd', '10.50'],
  ])('of %i %s on the wire reads %s', (wire, currency, amount) => {
    expect(fromStripeAmount(wire, currency)).toBe(amount);
  });

  it('that makes no sense is never taken for a known outcome', () => {
    const unknown = expect.objectContaining({ kind: 'outcome_unknown' });
    expect(() => fromStripeAmount(10.5, 'usd')).toThrow(unknown);
    expect(() => fromStripeAmount(10, 'xxx')).toThrow(unknown);
  });
});
