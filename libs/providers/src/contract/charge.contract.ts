/// <reference types="jest" />
import type { AnyHarness, ContractTestbed, ProviderHarness } from './harness.js';
import { charged, failureOf, nameOf, newIntent } from './intents.js';
import { settledPayment } from './verdicts.js';

const everythingKnown = {
  email: 'MARKED@a.test',
  name: 'MARKED',
  phone: '+46700000000',
  ipAddress: '9.9.9.9',
  userAgent: 'MARKED/1.0',
  browser: {
    language: 'sv-SE',
    color_depth: 24,
    screen_width: 1920,
    screen_height: 1080,
    time_zone_offset: -60,
    java_enabled: false,
    accept_header: 'text/html',
    user_agent: 'MARKED/1.0',
  },
};

/** What holds of any provider: one key is one charge, and nothing private is kept of it. */
export function describeEveryCharge(testbed: () => ContractTestbed, harness: AnyHarness): void {
  const { cases, definition } = harness;
  const taken = definition.capabilities.settledBy === 'people' ? 0 : 1;

  describe('a charge by any provider', () => {
    it('replayed with the same key is the same charge', async () => {
      const intent = newIntent(cases.succeeds);
      const first = await testbed().provider.charge(intent);
      expect(await testbed().provider.charge(intent)).toEqual(first);
      expect(await testbed().charges(intent.transactionId)).toHaveLength(taken);
    });

    it('sent 8 times at once with one key is one charge', async () => {
      const intent = newIntent(cases.succeeds);
      await testbed().misbehave('slow_200ms');
      const calls = Array.from({ length: 8 }, () => testbed().provider.charge(intent));
      const results = await Promise.allSettled(calls);
      expect(await testbed().charges(intent.transactionId)).toHaveLength(taken);
      const broken = results.filter((result) => result.status === 'rejected');
      expect(broken.map(({ reason }) => (reason as { kind: string }).kind)).toEqual(
        broken.map(() => 'outcome_unknown'),
      );
    });

    it('with a key that another amount was sent with is never called harmless', async () => {
      const intent = newIntent(cases.succeeds);
      const first = await testbed().provider.charge(intent);
      const other = testbed().provider.charge({ ...intent, amount: '99.00' });
      const result = await other.catch((error: unknown) => error);
      const unknown = expect.objectContaining({ kind: 'outcome_unknown' }) as unknown;
      expect([first, unknown]).toContainEqual(result);
      expect(await testbed().charges(intent.transactionId)).toMatchObject(
        Array.from({ length: taken }, () => ({ amount: 1050 })),
      );
    });

    it('leaves no personal data and no secret in what is stored', async () => {
      const payer = everythingKnown;
      const intent = newIntent(cases.succeeds, { payer, description: 'MARKED' });
      const outcome = await testbed().provider.charge(intent);
      const stored = JSON.stringify(outcome);
      expect(outcome.status).toBe(taken === 1 ? 'completed' : 'processing');
      expect(stored).not.toMatch(/MARKED|9\.9\.9\.9|4670000|secret/);
      expect(Buffer.byteLength(stored)).toBeLessThan(4096);
    });

    it('has an id that it can be found by', async () => {
      const intent = newIntent(cases.succeeds);
      const id = await charged(testbed().provider, intent);
      expect(id.length).toBeLessThanOrEqual(255);
    });
  });
}

export function describeCharges(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  const { cases, definition } = harness;

  describe('a charge', () => {
    it('that succeeds is completed and moves the money once', async () => {
      const intent = newIntent(cases.succeeds);
      const outcome = await testbed().provider.charge(intent);
      expect(outcome).toMatchObject({ status: 'completed' });
      expect(await testbed().charges(intent.transactionId)).toMatchObject([
        { id: outcome.providerTransactionId, amount: 1050, status: 'succeeded' },
      ]);
      if (outcome.money) expect(outcome.money).toEqual({ amount: '10.50', currency: 'USD' });
    });

    it.each(harness.amounts)('of $amount $currency is $wire on the wire', async (row) => {
      const { amount, currency, wire } = row;
      expect(definition.canRepresent?.(amount, currency) ?? true).toBe(true);
      const intent = newIntent(cases.succeeds, { amount, currency });
      await testbed().provider.charge(intent);
      const [charge] = await testbed().charges(intent.transactionId);
      expect(charge).toMatchObject({ amount: wire, status: 'succeeded' });
      expect(charge?.currency.toUpperCase()).toBe(currency);
    });

    it.each(harness.refusedAmounts)('of $amount $currency is refused, not rounded', async (row) => {
      expect(definition.canRepresent?.(row.amount, row.currency)).toBe(false);
      const intent = newIntent(cases.succeeds, row);
      expect(await failureOf(testbed().provider.charge(intent))).toMatchObject({
        kind: 'rejected',
      });
      expect(await testbed().charges(intent.transactionId)).toEqual([]);
    });

    it.each(cases.declines.map((decline) => ({ ...decline, name: nameOf(decline.charge) })))(
      'with $name is declined as $code',
      async ({ charge, code, retry, rawCode }) => {
        const intent = newIntent(charge);
        const outcome = await testbed().provider.charge(intent);
        expect(outcome).toMatchObject({ status: 'declined', code, retry, raw: { code: rawCode } });
        const charges = await testbed().charges(intent.transactionId);
        expect(charges.filter(({ status }) => status !== 'failed')).toEqual([]);
      },
    );

    it('that was declined is declined again when replayed', async () => {
      const intent = newIntent(cases.declines[0]?.charge ?? '');
      const first = await testbed().provider.charge(intent);
      expect(await testbed().provider.charge(intent)).toEqual(first);
    });

    it.each([
      ['completed', cases.succeedsLater],
      ['declined', cases.failsLater],
    ])('that is settled later is processing, then %s', async (status, charge) => {
      const intent = newIntent(charge);
      const outcome = await testbed().provider.charge(intent);
      expect(outcome).toMatchObject({ status: 'processing' });
      expect(await settledPayment(testbed(), intent, outcome)).toMatchObject({ status });
    });

    it('with a token that the provider does not know is rejected', async () => {
      const call = testbed().provider.charge(newIntent(cases.unknown));
      expect(await failureOf(call)).toMatchObject({ kind: 'rejected' });
    });
  });
}
