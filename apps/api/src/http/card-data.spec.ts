import { containsCardNumber } from './card-data.js';

describe('what passes as a card number', () => {
  it.each([
    ['as one run', '4242424242424242'],
    ['with spaces', 'card 4242 4242 4242 4242 please'],
    ['with dashes', '5555-5555-5555-4444'],
    ['in full-width digits', '４２４２４２４２４２４２４２４２'],
    ['of fifteen digits', '378282246310005'],
    ['before its date', '4242424242424242 12/28'],
    ['in groups after a year', '2026 4242 4242 4242 4242'],
  ])('is found %s', (_form, text) => {
    expect(containsCardNumber(text)).toBe(true);
  });

  it.each([
    ['a number with a wrong check digit', '4242424242424241'],
    ['an order number', 'order-2041'],
    ['a phone number', '+1 555 010 0123'],
    ['a UUID', '42424242-4242-4424-8242-424242424242'],
    ['a time in milliseconds', '1795379063123'],
    ['a short text', '4242 4242'],
  ])('is not seen in %s', (_form, text) => {
    expect(containsCardNumber(text)).toBe(false);
  });

  it('costs little in 100 kB of digits', () => {
    expect(containsCardNumber('8'.repeat(100_000))).toBe(false);
    expect(containsCardNumber('8 '.repeat(50_000))).toBe(false);
  });
});
