/// <reference types="jest" />
import type { ContractTestbed, ProviderHarness } from './harness.js';
import { newIntent } from './intents.js';
import { settledPayment } from './verdicts.js';

const returnUrl = 'https://shop.test/back';

export function describeCancels(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  const { cases, answers, definition } = harness;
  const { cancel, lookUp } = definition.capabilities.operations;
  const [needsPayer] = cases.needsPayer;

  async function expectNotCancelled(answer: Promise<unknown>): Promise<void> {
    const result = await answer.catch((error: unknown) => error);
    expect(result).not.toMatchObject({ status: 'cancelled' });
    if (result instanceof Error) expect(result).toMatchObject({ kind: 'outcome_unknown' });
  }

  describe('a cancel', () => {
    it('of a payment that went through is not called cancelled', async () => {
      const { provider } = testbed();
      const intent = newIntent(cases.succeeds);
      const reference = { ...intent, ...(await provider.charge(intent)) };
      const answer = provider.cancel(reference);
      await expectNotCancelled(answer);
      if (!cancel || !lookUp) return;
      expect(await answer).toMatchObject({ status: 'completed' });
      expect(await testbed().charges(intent.transactionId)).toMatchObject([
        { status: 'succeeded', refunded: 0 },
      ]);
    });

    it('of a payment that nobody finds is not called cancelled', async () => {
      await expectNotCancelled(testbed().provider.cancel(newIntent(cases.succeeds)));
    });

    if (!cancel) return;

    it(`of a payment that waits for its payer is ${answers.cancel}, twice as well as once`, async () => {
      const { provider } = testbed();
      const intent = newIntent(needsPayer, { returnUrl });
      const { providerTransactionId } = await provider.charge(intent);
      const reference = { ...intent, providerTransactionId };
      const status = answers.cancel;
      expect(await provider.cancel(reference)).toMatchObject({ status });
      expect(await provider.cancel(reference)).toMatchObject({ status });
      const waiting = { status: 'processing', providerTransactionId, response: {} } as const;
      const settled = await settledPayment(testbed(), intent, waiting);
      expect(settled).toMatchObject({ status: 'cancelled' });
    });

    it('of a payment that waits for its payer keeps the payer from paying', async () => {
      const { provider, decide } = testbed();
      const intent = newIntent(needsPayer, { returnUrl });
      const outcome = await provider.charge(intent);
      if (outcome.status !== 'requires_action') throw new Error('the payer has nothing to do');
      const reference = { ...intent, providerTransactionId: outcome.providerTransactionId };
      await settledPayment(testbed(), intent, await provider.cancel(reference));
      await decide(outcome.nextAction.url, 'approve');
      const charges = await testbed().charges(intent.transactionId);
      expect(charges.filter(({ status }) => status === 'succeeded')).toEqual([]);
    });

    it('without the provider id finds the payment first', async () => {
      const { provider } = testbed();
      const intent = newIntent(needsPayer, { returnUrl });
      await provider.charge(intent);
      expect(await provider.cancel(intent)).toMatchObject({ status: answers.cancel });
    });
  });
}
