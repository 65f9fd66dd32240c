import * as adyen from '../../apps/sandbox/src/adyen/adyen.currencies.js';
import * as paypal from '../../apps/sandbox/src/paypal/paypal.currencies.js';
import * as stripe from '../../apps/sandbox/src/stripe/stripe.currencies.js';
import { toAdyenAmount } from '../../libs/providers/src/adyen/adyen.amounts.js';
import { toPayPalMoney } from '../../libs/providers/src/paypal/paypal.amounts.js';
import { toStripeAmount } from '../../libs/providers/src/stripe/stripe.amounts.js';

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const everyCode = letters.flatMap((one) =>
  letters.flatMap((two) => letters.map((three) => one + two + three)),
);

/** How many decimals an adapter sends: `undefined` where it refuses the currency. */
function decimalsSent(send: () => number | string): number | undefined {
  try {
    const sent = send();
    if (typeof sent === 'string') return sent.split('.')[1]?.length ?? 0;
    return String(sent).length - 1;
  } catch {
    return undefined;
  }
}

/** The table with one entry for each currency that it takes. */
function table(decimalsOf: (code: string) => number | undefined): [string, number | undefined][] {
  return everyCode
    .map((code) => [code, decimalsOf(code)] as [string, number | undefined])
    .filter(([, decimals]) => decimals !== undefined);
}

describe('the currencies of an adapter and of the sandbox, written apart,', () => {
  it.each([
    [
      'Stripe',
      (code: string) => decimalsSent(() => toStripeAmount('7', code)),
      (code: string) => stripe.wireDecimals(code.toLowerCase()),
    ],
    [
      'Adyen',
      (code: string) => decimalsSent(() => toAdyenAmount('7', code).value),
      adyen.wireDecimals,
    ],
    [
      'PayPal',
      (code: string) => decimalsSent(() => toPayPalMoney('7', code).value),
      paypal.wireDecimals,
    ],
  ])('are the same for %s, with the same decimals', (_name, sent, published) => {
    expect(table(sent)).toEqual(table(published));
    expect(table(sent).length).toBeGreaterThan(20);
  });
});
