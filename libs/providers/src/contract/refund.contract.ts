/// <reference types="jest" />
import { charged, eventually, newIntent, newRefund } from './harness.js';
import type { ContractTestbed, ProviderHarness } from './harness.js';

export function describeRefunds(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  const { tokens } = harness;

  describe('a refund', () => {
    it('of all is completed and gives all back', async () => {
      const { provider } = testbed();
      const intent = newIntent(tokens.succeeds);
      const refund = newRefund(intent, await charged(provider, intent));
      expect(await provider.refund(refund)).toMatchObject({ status: 'completed' });
      expect(await testbed().charges(intent.transactionId)).toMatchObject([{ refunded: 1050 }]);
    });

    it('of a part leaves the rest to be refunded', async () => {
      const { provider } = testbed();
      const intent = newIntent(tokens.succeeds);
      const id = await charged(provider, intent);
      expect(await provider.refund(newRefund(intent, id, '4.00'))).toMatchObject({
        status: 'completed',
      });
      expect(await provider.refund(newRefund(intent, id, '6.50'))).toMatchObject({
        status: 'completed',
      });
      expect(await testbed().charges(intent.transactionId)).toMatchObject([{ refunded: 1050 }]);
    });

    it('replayed with the same key refunds once', async () => {
      const { provider } = testbed();
      const intent = newIntent(tokens.succeeds);
      const refund = newRefund(intent, await charged(provider, intent), '4.00');
      const first = await provider.refund(refund);
      expect(await provider.refund(refund)).toEqual(first);
      expect(await testbed().charges(intent.transactionId)).toMatchObject([{ refunded: 400 }]);
    });

    it.each(['10.51', '99.00'])('of %s on 10.50 fails and moves nothing', async (amount) => {
      const { provider } = testbed();
      const intent = newIntent(tokens.succeeds);
      const refund = newRefund(intent, await charged(provider, intent), amount);
      expect(await provider.refund(refund)).toMatchObject({ status: 'failed' });
      expect(await testbed().charges(intent.transactionId)).toMatchObject([{ refunded: 0 }]);
    });

    it('of what was all refunded fails with the code of the provider', async () => {
      const { provider } = testbed();
      const intent = newIntent(tokens.succeeds);
      const id = await charged(provider, intent);
      await provider.refund(newRefund(intent, id));
      const again = await provider.refund(newRefund(intent, id, '0.01'));
      expect(again).toMatchObject({
        status: 'failed',
        raw: { code: expect.any(String) as string },
      });
    });

    it.each([
      ['completed', tokens.refundIsPending],
      ['failed', tokens.refundFails],
    ])('that is settled later is processing, then %s', async (status, token) => {
      const { provider } = testbed();
      const intent = newIntent(token);
      const refund = newRefund(intent, await charged(provider, intent));
      const outcome = await provider.refund(refund);
      expect(outcome).toMatchObject({ status: 'processing' });
      const settled = await eventually(
        () => provider.fetchRefund({ ...refund, ...outcome }),
        (found) => typeof found === 'object' && found.status !== 'processing',
      );
      expect(settled).toMatchObject({ status });
    });

    it('whose answer was lost is found by our own id', async () => {
      const { provider } = testbed();
      const intent = newIntent(tokens.succeeds);
      const id = await charged(provider, intent);
      await provider.refund(newRefund(intent, id, '1.00'));
      const refund = newRefund(intent, id, '2.00');
      const outcome = await provider.refund(refund);
      expect(await provider.fetchRefund(refund)).toEqual(outcome);
    });

    it('that does not exist is not found', async () => {
      const { provider } = testbed();
      const intent = newIntent(tokens.succeeds);
      const refund = newRefund(intent, await charged(provider, intent));
      expect(await provider.fetchRefund(refund)).toBe('not_found');
      const absent = { ...refund, providerRefundId: 're_does_not_exist' };
      expect(await provider.fetchRefund(absent)).toBe('not_found');
    });
  });
}
