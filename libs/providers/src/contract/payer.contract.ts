/// <reference types="jest" />
import type { PaymentMethodCode, ProviderOutcome } from '../port.js';
import type { ChargeCase, ContractTestbed, ProviderHarness } from './harness.js';
import { failureOf, nameOf, newIntent } from './intents.js';
import { settledPayment } from './verdicts.js';

const shortTimeoutMs = 400;
const returnUrl = 'https://shop.test/back';

export function describePayers(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  const [needsPayer] = harness.cases.needsPayer;
  const { lookUp } = harness.definition.capabilities.operations;

  async function sentToPayer() {
    const intent = newIntent(needsPayer, { returnUrl });
    const outcome = await testbed().provider.charge(intent);
    const reference = { ...intent, providerTransactionId: outcome.providerTransactionId };
    return { intent, reference, pageUrl: pageOf(outcome) };
  }

  describe('a charge by each method', () => {
    const methods = Object.entries(harness.cases.methods) as [PaymentMethodCode, ChargeCase][];

    it.each(methods)('%s, ends completed, and moves the money once', async (method, charge) => {
      const { provider, decide } = testbed();
      const intent = newIntent(charge, { paymentMethod: method });
      const answered = await provider.charge(intent);
      if (answered.status === 'requires_action') {
        const returned = await decide(answered.nextAction.url, 'approve');
        const { providerTransactionId } = answered;
        await provider.resume({ ...intent, providerTransactionId }, returned);
      }
      const settled = await settledPayment(testbed(), intent, answered);
      const charges = await testbed().charges(intent.transactionId);
      expect(settled).toMatchObject({ status: 'completed' });
      expect(charges).toMatchObject([{ status: 'succeeded', id: settled.providerTransactionId }]);
    });
  });

  describe('a charge that waits for its payer', () => {
    it.each(harness.cases.needsPayer.map((charge) => [nameOf(charge), charge] as const))(
      'names a page that opens (%s)',
      async (_, charge) => {
        const intent = newIntent(charge);
        const page = await fetch(pageOf(await testbed().provider.charge(intent)));
        expect(page.status).toBe(200);
        const charges = await testbed().charges(intent.transactionId);
        expect(charges.filter(({ status }) => status === 'succeeded')).toEqual([]);
      },
    );

    it.each([
      ['approve', 'completed', 1],
      ['decline', harness.answers.declinedByPayer, 0],
    ] as const)('is, once its payer said %s and came back, %s', async (decision, status, taken) => {
      const { provider, decide } = testbed();
      const { intent, reference, pageUrl } = await sentToPayer();
      const returned = await decide(pageUrl, decision);
      expect(await provider.resume(reference, returned)).toMatchObject({ status });
      const charges = await testbed().charges(intent.transactionId);
      expect(charges.filter((charge) => charge.status === 'succeeded')).toHaveLength(taken);
    });

    it('moves the money once when it is resumed three times, two of them at once', async () => {
      const { provider, decide } = testbed();
      const { intent, reference, pageUrl } = await sentToPayer();
      const returned = await decide(pageUrl, 'approve');
      const resume = () => provider.resume(reference, returned);
      const results = await Promise.allSettled([resume(), resume()]);
      const broken = results.flatMap((one) =>
        one.status === 'rejected' ? [(one.reason as { kind: string }).kind] : [],
      );
      expect(broken).toEqual(broken.map(() => 'outcome_unknown'));
      expect(await resume()).toMatchObject({ status: 'completed' });
      expect(await testbed().charges(intent.transactionId)).toMatchObject([
        { status: 'succeeded', amount: 1050 },
      ]);
    });

    it('still waits when it is resumed before its payer acted', async () => {
      const { reference } = await sentToPayer();
      const resumed = await testbed().provider.resume(reference, {});
      const waits = expect.objectContaining({ status: 'requires_action' }) as unknown;
      expect(resumed).toEqual(lookUp ? waits : 'unsupported');
    });

    if (lookUp) {
      it('is taken when its payer approved and never came back', async () => {
        const { provider, decide } = testbed();
        const { reference, pageUrl } = await sentToPayer();
        await decide(pageUrl, 'approve');
        const found = await provider.fetch(reference);
        const resumable = { status: 'processing', resumable: true };
        if (typeof found === 'object' && found.status !== 'completed') {
          expect(found).toMatchObject(resumable);
        }
        expect(await provider.resume(reference, {})).toMatchObject({ status: 'completed' });
      });
    }

    const { resumePath } = harness;
    if (resumePath) {
      it.each(harness.brokenAnswers)(
        'has an unknown outcome when resuming breaks by %s, and is taken once when repeated',
        async (script) => {
          const provider = testbed().open({ timeoutMs: shortTimeoutMs });
          const { intent, reference, pageUrl } = await sentToPayer();
          const returned = await testbed().decide(pageUrl, 'approve');
          await testbed().misbehave(script, resumePath(reference));
          const broken = await failureOf(provider.resume(reference, returned));
          expect(broken).toMatchObject({ kind: 'outcome_unknown' });
          const resumed = await provider.resume(reference, returned);
          expect(resumed).toMatchObject({ status: 'completed' });
          expect(await testbed().charges(intent.transactionId)).toMatchObject([
            { status: 'succeeded' },
          ]);
        },
      );
    }
  });
}

function pageOf(outcome: ProviderOutcome): string {
  if (outcome.status !== 'requires_action') {
    throw new Error(`the payer has nothing to do: ${outcome.status}`);
  }
  return outcome.nextAction.url;
}
