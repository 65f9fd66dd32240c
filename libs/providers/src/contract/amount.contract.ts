/// <reference types="jest" />
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { sizes } from '../../../../test/support/sizes.js';
import type { ContractTestbed, ProviderHarness } from './harness.js';
import { failureOf, newIntent } from './intents.js';

/** What was ever used anywhere: most of it is taken by no provider. */
const everyCurrency = Intl.supportedValuesOf('currency');
/** What the database allows of any currency. */
const largest = 15_000_000;
const large = fc.integer({ min: 100_000, max: largest }).map(String);
const whole = fc.integer({ min: 1, max: 99_999 }).map(String);
const fraction = fc
  .tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 1, max: 4 }))
  .map(([digits, decimals]) => {
    const text = String(digits).padStart(decimals + 1, '0');
    return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
  });

interface Asked {
  currency: string;
  amount: string;
}

/** The same number in one spelling: no zeros behind the last digit that counts. */
function spelt({ currency, amount }: Asked): string {
  const number = amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount;
  return `${currency} ${number}`;
}

/** The ledger speaks by a table of the sandbox's own, so that no table proves itself. */
export function describeAmounts(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  const { definition, cases } = harness;
  const declared = definition.capabilities.currencies;
  const isTaken = ({ amount, currency }: Asked) =>
    definition.canRepresent?.(amount, currency) ?? true;

  function asking(currencies: readonly string[]): fc.Arbitrary<Asked[]> {
    const rows = currencies.flatMap((currency) =>
      [whole, fraction, large].map((amounts) => amounts.map((amount) => ({ currency, amount }))),
    );
    return fc.tuple(...rows);
  }

  describe('an amount', () => {
    it('is booked as it was asked, or refused before anything is sent, in every currency', async () => {
      const currencies = new Set([...(declared === 'all' ? [] : declared), ...everyCurrency]);
      const property = fc.asyncProperty(asking([...currencies]), async (all) => {
        const transactionId = randomUUID();
        for (const [index, asked] of all.entries()) {
          const idempotencyKey = `${transactionId}.${index + 1}`;
          const intent = newIntent(cases.succeeds, { ...asked, transactionId, idempotencyKey });
          const charge = testbed().provider.charge(intent);
          if (isTaken(asked)) await charge;
          else {
            const unsent = { kind: 'rejected', details: { code: 'amount_not_representable' } };
            expect(await failureOf(charge)).toMatchObject(unsent);
          }
        }
        const booked = await testbed().charges(transactionId);
        const ledger = booked.map(({ currency, value }) => spelt({ currency, amount: value }));
        expect(ledger.sort()).toEqual(all.filter(isTaken).map(spelt).sort());
      });
      await fc.assert(property, { numRuns: sizes.ledgerRuns, endOnFailure: true });
    });

    it('in whole units is taken in every currency that is declared', () => {
      const currencies = declared === 'all' ? everyCurrency : declared;
      const refused = currencies.filter((currency) => !isTaken({ amount: '7', currency }));
      expect(refused).toEqual([]);
    });
  });
}
