/// <reference types="jest" />
import { randomUUID } from 'node:crypto';
import { charged, eventually, newIntent } from './harness.js';
import type { ContractTestbed, ProviderHarness } from './harness.js';

export function describeLookUps(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  const { tokens } = harness;

  describe('a look-up', () => {
    it('by the provider id says what the charge said', async () => {
      const { provider } = testbed();
      const intent = newIntent(tokens.succeeds);
      const outcome = await provider.charge(intent);
      expect(await provider.fetch({ ...intent, ...outcome })).toEqual(outcome);
    });

    it('of a declined charge says why it was declined', async () => {
      const { provider } = testbed();
      const [decline] = tokens.declines;
      const intent = newIntent(decline?.token ?? '');
      const outcome = await provider.charge(intent);
      expect(await provider.fetch({ ...intent, ...outcome })).toMatchObject({
        status: 'declined',
        code: decline?.code,
        raw: { code: decline?.rawCode },
      });
    });

    it('without the provider id finds a charge whose answer was lost', async () => {
      const provider = testbed().open({ timeoutMs: 400 });
      const intent = newIntent(tokens.succeeds);
      await testbed().misbehave('timeout_then_success');
      await expect(provider.charge(intent)).rejects.toMatchObject({ kind: 'outcome_unknown' });
      const found = await eventually(
        () => provider.fetch(intent),
        (outcome) => typeof outcome === 'object',
      );
      expect(found).toMatchObject({ status: 'completed' });
    });

    it('finds the attempt that was asked for, not another of its transaction', async () => {
      const { provider } = testbed();
      const first = newIntent(tokens.declines[0]?.token ?? '');
      const { transactionId } = first;
      const idempotencyKey = `${transactionId}.2`;
      const second = newIntent(tokens.succeeds, { transactionId, idempotencyKey });
      await provider.charge(first);
      const id = await charged(provider, second);
      const reference = { transactionId, idempotencyKey };
      const found = await eventually(
        () => provider.fetch(reference),
        (outcome) => typeof outcome === 'object',
      );
      expect(found).toMatchObject({ status: 'completed', providerTransactionId: id });
      expect(
        await provider.fetch({ transactionId, idempotencyKey: first.idempotencyKey }),
      ).toMatchObject({ status: 'declined' });
    });

    it('of what does not exist finds nothing', async () => {
      const { provider } = testbed();
      const absent = { transactionId: randomUUID(), idempotencyKey: `${randomUUID()}.1` };
      expect(await provider.fetch(absent)).toBe('not_found');
      const providerTransactionId = 'pi_does_not_exist';
      expect(await provider.fetch({ ...absent, providerTransactionId })).toBe('not_found');
    });
  });
}
