/// <reference types="jest" />
import { newIntent } from './harness.js';
import type { ContractTestbed, ProviderHarness } from './harness.js';

export function describeCancels(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  const { tokens } = harness;

  describe('a cancel', () => {
    it('of a payment that waits for the payer cancels it, twice as well as once', async () => {
      const { provider } = testbed();
      const intent = newIntent(tokens.needsAuthentication);
      const reference = { ...intent, ...(await provider.charge(intent)) };
      expect(await provider.cancel(reference)).toMatchObject({ status: 'cancelled' });
      expect(await provider.cancel(reference)).toMatchObject({ status: 'cancelled' });
      expect(await provider.fetch(reference)).toMatchObject({ status: 'cancelled' });
    });

    it('without the provider id finds the payment first', async () => {
      const { provider } = testbed();
      const intent = newIntent(tokens.needsAuthentication);
      await provider.charge(intent);
      expect(await provider.cancel(intent)).toMatchObject({ status: 'cancelled' });
    });

    it('of a payment that went through answers that it went through', async () => {
      const { provider } = testbed();
      const intent = newIntent(tokens.succeeds);
      const reference = { ...intent, ...(await provider.charge(intent)) };
      expect(await provider.cancel(reference)).toMatchObject({ status: 'completed' });
      expect(await testbed().charges(intent.transactionId)).toMatchObject([
        { status: 'succeeded', refunded: 0 },
      ]);
    });

    it('of a payment that nobody finds leaves the outcome unknown', async () => {
      const call = testbed().provider.cancel(newIntent(tokens.succeeds));
      await expect(call).rejects.toMatchObject({ kind: 'outcome_unknown' });
    });
  });
}
