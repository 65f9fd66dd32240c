/// <reference types="jest" />
import type { ChargeIntent, RefundIntent, RefundOutcome } from '../port.js';
import type { AnyHarness, ContractTestbed, ProviderHarness } from './harness.js';
import { charged, eventually, newIntent, newRefund } from './intents.js';
import { factsOf, settledRefund } from './verdicts.js';

/** What holds of any provider: a refund has one id, which a replay finds again. */
export function describeEveryRefund(testbed: () => ContractTestbed, harness: AnyHarness): void {
  const { cases, definition } = harness;
  const { lookUp } = definition.capabilities.operations;

  describe('a refund by any provider', () => {
    it('is answered the same when replayed with the same key', async () => {
      const { provider } = testbed();
      const intent = newIntent(cases.succeeds);
      const refund = newRefund(intent, await charged(provider, intent), '4.00');
      const first = await provider.refund(refund);
      expect(['completed', 'processing']).toContain(first.status);
      expect(await provider.refund(refund)).toEqual(first);
    });

    it('whose answer was lost is found by our own id, or sent again under its key', async () => {
      const { provider } = testbed();
      const intent = newIntent(cases.succeeds);
      const id = await charged(provider, intent);
      await provider.refund(newRefund(intent, id, '1.00'));
      const refund = newRefund(intent, id, '2.00');
      const { providerRefundId } = await provider.refund(refund);
      const found = await provider.fetchRefund(refund);
      const again = typeof found === 'object' ? found : await provider.refund(refund);
      expect(again).toMatchObject({ providerRefundId });
      if (lookUp) expect(found).toMatchObject({ providerRefundId });
    });
  });
}

export function describeRefunds(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  const { cases, definition, answers } = harness;
  const { lookUp, partialRefund } = definition.capabilities.operations;

  async function refundUntilSettled(refund: RefundIntent): Promise<RefundOutcome> {
    return settledRefund(testbed(), refund, await testbed().provider.refund(refund));
  }

  async function refundedAmounts({ transactionId }: ChargeIntent, wanted: number) {
    const charges = await eventually(
      () => testbed().charges(transactionId),
      (all) => all.every(({ refunded }) => refunded === wanted),
    );
    return charges.map(({ refunded }) => refunded);
  }

  describe('a refund', () => {
    it(`of all is ${answers.refund} at once and gives all back`, async () => {
      const { provider } = testbed();
      const intent = newIntent(cases.succeeds);
      const refund = newRefund(intent, await charged(provider, intent));
      const answered = await provider.refund(refund);
      expect(answered).toMatchObject({ status: answers.refund });
      const settled = await settledRefund(testbed(), refund, answered);
      const { providerRefundId } = answered;
      expect(settled).toMatchObject({ status: 'completed', providerRefundId });
      expect(await refundedAmounts(intent, 1050)).toEqual([1050]);
    });

    if (partialRefund) {
      it('of a part leaves the rest to be refunded', async () => {
        const intent = newIntent(cases.succeeds);
        const id = await charged(testbed().provider, intent);
        for (const amount of ['4.00', '6.50']) {
          const settled = await refundUntilSettled(newRefund(intent, id, amount));
          expect(settled).toMatchObject({ status: 'completed' });
        }
        expect(await refundedAmounts(intent, 1050)).toEqual([1050]);
      });
    }

    it('replayed with the same key refunds once', async () => {
      const { provider } = testbed();
      const intent = newIntent(cases.succeeds);
      const refund = newRefund(intent, await charged(provider, intent), '4.00');
      const first = await provider.refund(refund);
      expect(await provider.refund(refund)).toEqual(first);
      await settledRefund(testbed(), refund, first);
      expect(await refundedAmounts(intent, 400)).toEqual([400]);
    });

    it.each(['10.51', '99.00'])('of %s on 10.50 fails and moves nothing', async (amount) => {
      const intent = newIntent(cases.succeeds);
      const id = await charged(testbed().provider, intent);
      const settled = await refundUntilSettled(newRefund(intent, id, amount));
      expect(settled).toMatchObject({ status: 'failed' });
      expect(await refundedAmounts(intent, 0)).toEqual([0]);
    });

    it('of what was all refunded fails with the code of the provider', async () => {
      const intent = newIntent(cases.succeeds);
      const id = await charged(testbed().provider, intent);
      await refundUntilSettled(newRefund(intent, id));
      expect(await refundUntilSettled(newRefund(intent, id, '0.01'))).toMatchObject({
        status: 'failed',
        raw: { code: expect.stringMatching(/./) as string },
      });
    });

    it.each([
      ['completed', cases.refundIsPending],
      ['failed', cases.refundFails],
    ])('that is settled later is processing, then %s', async (status, charge) => {
      const { provider } = testbed();
      const intent = newIntent(charge);
      const refund = newRefund(intent, await charged(provider, intent));
      const outcome = await provider.refund(refund);
      expect(outcome).toMatchObject({ status: 'processing' });
      expect(await settledRefund(testbed(), refund, outcome)).toMatchObject({ status });
    });

    const { refundIsTakenBack } = cases;
    if (refundIsTakenBack) {
      it('that was done and is taken back later says so', async () => {
        const { provider } = testbed();
        const intent = newIntent(refundIsTakenBack);
        const refund = newRefund(intent, await charged(provider, intent));
        const first = await refundUntilSettled(refund);
        expect(first).toMatchObject({ status: 'completed' });
        const [fact] = await factsOf(
          testbed(),
          ({ subject }) =>
            subject.kind === 'refund' &&
            subject.providerTransactionId === refund.providerTransactionId &&
            subject.outcome.status === 'failed',
        );
        const { refundId } = refund;
        expect(fact?.subject).toMatchObject({ refundId, amount: '10.50', currency: 'USD' });
        expect(await refundedAmounts(intent, 0)).toEqual([0]);
      });
    }

    if (lookUp) {
      it('that does not exist is not found', async () => {
        const { provider } = testbed();
        const intent = newIntent(cases.succeeds);
        const refund = newRefund(intent, await charged(provider, intent));
        expect(await provider.fetchRefund(refund)).toBe('not_found');
        const absent = { ...refund, providerRefundId: harness.absent.refund };
        expect(await provider.fetchRefund(absent)).toBe('not_found');
      });
    }
  });
}
