/// <reference types="jest" />
import { listenForBytes } from './byte-server.js';
import type { ContractTestbed, ProviderHarness } from './harness.js';
import { charged, eventually, failureOf, newIntent, newRefund } from './intents.js';

const shortTimeoutMs = 400;

export function describeFaults(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  const { cases } = harness;

  describe('a charge that breaks', () => {
    it.each(harness.brokenAnswers)(
      'by %s has an unknown outcome, and a replay completes it once',
      async (script) => {
        const provider = testbed().open({ timeoutMs: shortTimeoutMs });
        const intent = newIntent(cases.succeeds);
        await testbed().misbehave(script);
        expect(await failureOf(provider.charge(intent))).toMatchObject({ kind: 'outcome_unknown' });
        expect(await provider.charge(intent)).toMatchObject({ status: 'completed' });
        expect(await testbed().charges(intent.transactionId)).toMatchObject([
          { status: 'succeeded' },
        ]);
      },
    );

    it('by a time-out before a decline is declined by the replay', async () => {
      const provider = testbed().open({ timeoutMs: shortTimeoutMs });
      const intent = newIntent(cases.succeeds);
      await testbed().misbehave('timeout_then_fail');
      expect(await failureOf(provider.charge(intent))).toMatchObject({ kind: 'outcome_unknown' });
      expect(await provider.charge(intent)).toMatchObject({ status: 'declined' });
    });

    it('because nobody listens was never sent', async () => {
      const gone = await listenForBytes(() => undefined);
      await gone.close();
      const call = testbed().open({ url: gone.url }).charge(newIntent(cases.succeeds));
      expect(await failureOf(call)).toMatchObject({ kind: 'unreachable' });
    });

    it('because too many came was not made, and says when to come again', async () => {
      const { provider } = testbed();
      const intent = newIntent(cases.succeeds);
      await testbed().misbehave('http_429_then_success');
      const error = await failureOf(provider.charge(intent));
      expect(error).toMatchObject({ kind: 'throttled', details: { httpStatus: 429 } });
      expect(error.details.retryAfterMs).toBeGreaterThan(0);
      expect(await testbed().charges(intent.transactionId)).toEqual([]);
      expect(await provider.charge(intent)).toMatchObject({ status: 'completed' });
    });

    it('because our credentials are wrong is misconfigured', async () => {
      const provider = testbed().open({ wrongCredentials: true });
      const intent = newIntent(cases.succeeds);
      expect(await failureOf(provider.charge(intent))).toMatchObject({ kind: 'misconfigured' });
      expect(await testbed().charges(intent.transactionId)).toEqual([]);
    });
  });

  describe('a refund that breaks', () => {
    it.each(harness.brokenAnswers)(
      'by %s has an unknown outcome, and a replay refunds once',
      async (script) => {
        const provider = testbed().open({ timeoutMs: shortTimeoutMs });
        const intent = newIntent(cases.succeeds);
        const id = await charged(provider, intent);
        const refund = newRefund(intent, id, '4.00');
        await testbed().misbehave(script, harness.refundPath(id));
        expect(await failureOf(provider.refund(refund))).toMatchObject({ kind: 'outcome_unknown' });
        expect(await provider.refund(refund)).toMatchObject({ status: harness.answers.refund });
        const charges = await eventually(
          () => testbed().charges(intent.transactionId),
          ([charge]) => charge?.refunded === 400,
        );
        expect(charges).toMatchObject([{ refunded: 400 }]);
      },
    );
  });
}
