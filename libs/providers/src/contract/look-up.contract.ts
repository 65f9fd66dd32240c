/// <reference types="jest" />
import { randomUUID } from 'node:crypto';
import type { AnyHarness, ContractTestbed, ProviderHarness } from './harness.js';
import { charged, newIntent } from './intents.js';
import { recovered } from './verdicts.js';

/** A payment whose answer was lost: whoever is asked again gives the same one, or knows of none. */
export function describeEveryLostAnswer(
  testbed: () => ContractTestbed,
  { cases }: AnyHarness,
): void {
  describe('a charge by any provider whose answer was lost', () => {
    it('is recovered under the same id, and not as another attempt of its transaction', async () => {
      const { provider } = testbed();
      const first = newIntent(cases.succeeds);
      const second = { ...first, idempotencyKey: `${first.transactionId}.2` };
      const answers = [await provider.charge(first), await provider.charge(second)];
      for (const [index, intent] of [first, second].entries()) {
        const { status, providerTransactionId } = answers[index] ?? {};
        expect(await recovered(testbed(), intent)).toMatchObject({ status, providerTransactionId });
      }
    });
  });
}

export function describeLookUps(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  const { cases, definition } = harness;
  const [decline] = cases.declines;

  describe('a charge whose answer was lost', () => {
    it('is found, or completed by a replay, without the provider id', async () => {
      const provider = testbed().open({ timeoutMs: 400 });
      const intent = newIntent(cases.succeeds);
      await testbed().misbehave('timeout_then_success');
      await expect(provider.charge(intent)).rejects.toMatchObject({ kind: 'outcome_unknown' });
      expect(await recovered(testbed(), intent)).toMatchObject({ status: 'completed' });
      expect(await testbed().charges(intent.transactionId)).toMatchObject([
        { status: 'succeeded' },
      ]);
    });

    it('is not taken for another attempt of its transaction', async () => {
      const { provider } = testbed();
      const first = newIntent(decline?.charge ?? '');
      const { transactionId } = first;
      const second = newIntent(cases.succeeds, {
        transactionId,
        idempotencyKey: `${transactionId}.2`,
      });
      await provider.charge(first);
      const providerTransactionId = await charged(provider, second);
      expect(await recovered(testbed(), second)).toMatchObject({
        status: 'completed',
        providerTransactionId,
      });
      expect(await recovered(testbed(), first)).toMatchObject({ status: 'declined' });
    });
  });

  if (!definition.capabilities.operations.lookUp) return;

  describe('a look-up', () => {
    it('by the provider id says what the charge said', async () => {
      const { provider } = testbed();
      const intent = newIntent(cases.succeeds);
      const outcome = await provider.charge(intent);
      expect(await provider.fetch({ ...intent, ...outcome })).toEqual(outcome);
    });

    it('of a declined charge says why it was declined', async () => {
      const { provider } = testbed();
      const intent = newIntent(decline?.charge ?? '');
      const outcome = await provider.charge(intent);
      expect(await provider.fetch({ ...intent, ...outcome })).toMatchObject({
        status: 'declined',
        code: decline?.code,
        raw: { code: decline?.rawCode },
      });
    });

    it('of what does not exist finds nothing', async () => {
      const { provider } = testbed();
      const absent = { transactionId: randomUUID(), idempotencyKey: `${randomUUID()}.1` };
      expect(['not_found', 'unsupported']).toContain(await provider.fetch(absent));
      const providerTransactionId = harness.absent.payment;
      expect(await provider.fetch({ ...absent, providerTransactionId })).toBe('not_found');
    });
  });
}
