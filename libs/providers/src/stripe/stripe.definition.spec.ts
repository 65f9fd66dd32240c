import { stripeDefinition } from './stripe.definition.js';

describe("Stripe's definition", () => {
  const { capabilities, ownsToken } = stripeDefinition;

  it.each(['pm_card_visa', 'pm_1Q0PsIJvEtkwdCNYMSaVuRz6', 'card_1abc', 'tok_visa', 'src_1abc'])(
    'owns the token %s',
    (token) => {
      expect(ownsToken?.(token)).toBe(true);
    },
  );

  it.each(['', 'pm_', 'shopper/8415', '8kk8451t', 'sandbox-paypal-success', 'seti_1', 'pm_1/2'])(
    'does not own the token %j',
    (token) => {
      expect(ownsToken?.(token)).toBe(false);
    },
  );

  it('declares few currencies where a method has few, each of them one that Stripe takes', () => {
    const { methods, currencies } = capabilities;
    expect(methods.crypto?.currencies).toEqual(['USD']);
    const few = Object.values(methods).flatMap((method) => method.currencies ?? []);
    expect(few.length).toBeGreaterThan(1);
    expect(few.filter((code) => !currencies.includes(code))).toEqual([]);
  });
});
