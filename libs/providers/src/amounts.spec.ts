import * as fc from 'fast-check';
import { sizes } from '../../../test/support/sizes.js';
import { adyenCurrencies, fromAdyenAmount, toAdyenAmount } from './adyen/adyen.amounts.js';
import { adyenDefinition } from './adyen/adyen.definition.js';
import type { DeclaredProvider } from './contract/harness.js';
import type { ProviderError } from './port.js';
import { fromPayPalMoney, payPalCurrencies, toPayPalMoney } from './paypal/paypal.amounts.js';
import { payPalDefinition } from './paypal/paypal.definition.js';
import { fromStripeAmount, stripeCurrencies, toStripeAmount } from './stripe/stripe.amounts.js';
import { stripeDefinition } from './stripe/stripe.definition.js';

interface Wire {
  definition: DeclaredProvider;
  currencies: readonly string[];
  /** Sends an amount and reads it back. */
  there(amount: string, currency: string): string | undefined;
}

const wires: readonly Wire[] = [
  {
    definition: stripeDefinition,
    currencies: stripeCurrencies,
    there: (amount, currency) => fromStripeAmount(toStripeAmount(amount, currency), currency),
  },
  {
    definition: adyenDefinition,
    currencies: adyenCurrencies,
    there: (amount, currency) => fromAdyenAmount(toAdyenAmount(amount, currency))?.amount,
  },
  {
    definition: payPalDefinition,
    currencies: payPalCurrencies,
    there: (amount, currency) => fromPayPalMoney(toPayPalMoney(amount, currency)).amount,
  },
];

const anyAmount = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 14n }), fc.integer({ min: 0, max: 5 }))
  .map(([digits, decimals]) => {
    const text = String(digits).padStart(decimals + 1, '0');
    const whole = text.slice(0, text.length - decimals);
    return decimals === 0 ? whole : `${whole}.${text.slice(text.length - decimals)}`;
  });

/** The same number in one spelling: no zeros behind the last digit that counts. */
function plain(amount: string): string {
  return amount.includes('.') ? amount.replace(/0+$/, '').replace(/\.$/, '') : amount;
}

describe.each(wires)('an amount for $definition.name', ({ definition, currencies, there }) => {
  const canRepresent = definition.canRepresent ?? (() => true);
  const thereAndBack = (amount: string, currency: string) => {
    try {
      return plain(there(amount, currency) ?? '');
    } catch (error) {
      return (error as ProviderError).kind;
    }
  };
  const anyCurrency = fc.constantFrom(...currencies, 'XXX', 'usd', '');

  it('comes back as the same amount or is refused, in every currency', () => {
    fc.assert(
      fc.property(anyAmount, anyCurrency, (amount, currency) => {
        const expected = canRepresent(amount, currency) ? plain(amount) : 'rejected';
        expect(thereAndBack(amount, currency)).toBe(expected);
      }),
      { numRuns: sizes.propertyRuns },
    );
  });

  it('in whole units is taken in every currency that the provider declares', () => {
    const declared = definition.capabilities.currencies;
    expect(declared).toEqual(currencies);
    const refused = currencies.filter((currency) => !canRepresent('7', currency));
    expect(refused).toEqual([]);
    expect(currencies.map((currency) => plain(there('7', currency) ?? ''))).toEqual(
      currencies.map(() => '7'),
    );
  });

  it.each(['-1', '1e3', ' 1', '1,00', 'NaN', '999999999999999999'])('%j is refused', (amount) => {
    expect(canRepresent(amount, 'USD')).toBe(false);
  });
});
