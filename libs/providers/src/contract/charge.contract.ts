/// <reference types="jest" />
import { charged, eventually, failureOf, newIntent } from './harness.js';
import type { ContractTestbed, ProviderHarness } from './harness.js';

export function describeCharges(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  const { tokens } = harness;

  describe('a charge', () => {
    it('that succeeds is completed and moves the money once', async () => {
      const intent = newIntent(tokens.succeeds);
      const outcome = await testbed().provider.charge(intent);
      expect(outcome).toMatchObject({ status: 'completed' });
      expect(await testbed().charges(intent.transactionId)).toMatchObject([
        { id: outcome.providerTransactionId, amount: 1050, status: 'succeeded' },
      ]);
    });

    it.each(harness.amounts)('of $amount $currency is $wire on the wire', async (row) => {
      const { amount, currency, wire } = row;
      const intent = newIntent(tokens.succeeds, { amount, currency });
      await testbed().provider.charge(intent);
      const [charge] = await testbed().charges(intent.transactionId);
      expect(charge).toMatchObject({ amount: wire, status: 'succeeded' });
      expect(charge?.currency.toUpperCase()).toBe(currency);
    });

    it.each(harness.refusedAmounts)('of $amount $currency is refused, not rounded', async (row) => {
      const intent = newIntent(tokens.succeeds, row);
      expect(await failureOf(testbed().provider.charge(intent))).toMatchObject({
        kind: 'rejected',
      });
      expect(await testbed().charges(intent.transactionId)).toEqual([]);
    });

    it('replayed with the same key is the same charge', async () => {
      const intent = newIntent(tokens.succeeds);
      const first = await testbed().provider.charge(intent);
      expect(await testbed().provider.charge(intent)).toEqual(first);
      expect(await testbed().charges(intent.transactionId)).toHaveLength(1);
    });

    it('sent 8 times at once with one key moves the money once', async () => {
      const intent = newIntent(tokens.succeeds);
      await testbed().misbehave('slow_200ms');
      const calls = Array.from({ length: 8 }, () => testbed().provider.charge(intent));
      const results = await Promise.allSettled(calls);
      expect(await testbed().charges(intent.transactionId)).toHaveLength(1);
      const broken = results.filter((result) => result.status === 'rejected');
      expect(broken.map(({ reason }) => (reason as { kind: string }).kind)).toEqual(
        broken.map(() => 'outcome_unknown'),
      );
    });

    it('with a key that another amount was sent with is never called harmless', async () => {
      const intent = newIntent(tokens.succeeds);
      await testbed().provider.charge(intent);
      const other = testbed().provider.charge({ ...intent, amount: '99.00' });
      expect(await failureOf(other)).toMatchObject({ kind: 'outcome_unknown' });
      expect(await testbed().charges(intent.transactionId)).toMatchObject([{ amount: 1050 }]);
    });

    it.each(tokens.declines)('with $token is declined as $code', async (decline) => {
      const { token, code, retry, rawCode } = decline;
      const intent = newIntent(token);
      const outcome = await testbed().provider.charge(intent);
      expect(outcome).toMatchObject({ status: 'declined', code, retry, raw: { code: rawCode } });
      const charges = await testbed().charges(intent.transactionId);
      expect(charges.filter(({ status }) => status !== 'failed')).toEqual([]);
    });

    it('that was declined is declined again when replayed', async () => {
      const intent = newIntent(tokens.declines[0]?.token ?? '');
      const first = await testbed().provider.charge(intent);
      expect(await testbed().provider.charge(intent)).toEqual(first);
    });

    it.each([undefined, 'https://shop.test/back'])(
      'that needs authentication names a page that opens (return_url %s)',
      async (returnUrl) => {
        const intent = newIntent(tokens.needsAuthentication, { returnUrl });
        const outcome = await testbed().provider.charge(intent);
        expect(outcome).toMatchObject({ status: 'requires_action' });
        const url = outcome.status === 'requires_action' ? outcome.nextAction.url : '';
        const page = await fetch(url);
        expect(page.status).toBe(200);
        expect(await testbed().charges(intent.transactionId)).toEqual([]);
      },
    );

    it.each([
      ['approve', 'completed'],
      ['decline', 'declined'],
    ] as const)('whose payer says %s is %s', async (decision, status) => {
      const { provider, decide } = testbed();
      const returnUrl = 'https://shop.test/back';
      const intent = newIntent(tokens.needsAuthentication, { returnUrl });
      const outcome = await provider.charge(intent);
      if (outcome.status === 'requires_action') await decide(outcome.nextAction.url, decision);
      expect(await provider.fetch({ ...intent, ...outcome })).toMatchObject({ status });
    });

    it.each([
      ['completed', tokens.succeedsLater],
      ['declined', tokens.failsLater],
    ])('that is settled later is processing, then %s', async (status, token) => {
      const { provider } = testbed();
      const intent = newIntent(token);
      const outcome = await provider.charge(intent);
      expect(outcome).toMatchObject({ status: 'processing' });
      const reference = { ...intent, ...outcome };
      const settled = await eventually(
        () => provider.fetch(reference),
        (found) => typeof found === 'object' && found.status !== 'processing',
      );
      expect(settled).toMatchObject({ status });
    });

    it('with a token that the provider does not know is rejected', async () => {
      const call = testbed().provider.charge(newIntent(tokens.unknown));
      expect(await failureOf(call)).toMatchObject({ kind: 'rejected' });
    });

    it('leaves no personal data and no secret in what is stored', async () => {
      const payer = {
        email: 'MARKED@a.test',
        name: 'MARKED',
        phone: 'MARKED',
        ipAddress: '9.9.9.9',
      };
      const intent = newIntent(tokens.succeeds, { payer, description: 'MARKED' });
      const outcome = await testbed().provider.charge(intent);
      const stored = JSON.stringify(outcome);
      expect(stored).not.toMatch(/MARKED|9\.9\.9\.9|secret/);
      expect(Buffer.byteLength(stored)).toBeLessThan(4096);
    });

    it('has an id that it can be found by', async () => {
      const intent = newIntent(tokens.succeeds);
      const id = await charged(testbed().provider, intent);
      expect(id.length).toBeLessThanOrEqual(255);
    });
  });
}
