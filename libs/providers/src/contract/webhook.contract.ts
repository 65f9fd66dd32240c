/// <reference types="jest" />
import type { ProviderFact } from '../port.js';
import { InvalidWebhookError } from '../port.js';
import { charged, eventually, newIntent, newRefund } from './harness.js';
import type { ContractTestbed, ProviderHarness, ReceivedWebhook } from './harness.js';

export function describeWebhooks(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  const { tokens } = harness;

  async function factsOf(isWanted: (fact: ProviderFact) => boolean): Promise<ProviderFact[]> {
    const { provider, webhooks } = testbed();
    return eventually(
      async () => {
        const parsed = webhooks().map((one) => provider.parseWebhook(one.headers, one.rawBody));
        return (await Promise.all(parsed)).flat().filter(isWanted);
      },
      (facts) => facts.length > 0,
    );
  }

  async function anyWebhook(): Promise<ReceivedWebhook> {
    const { provider, webhooks } = testbed();
    await provider.charge(newIntent(tokens.succeeds));
    const received = await eventually(webhooks, (all) => all.length > 0);
    const [first] = received;
    if (!first) throw new Error('no webhook came');
    return first;
  }

  describe('a webhook', () => {
    it.each([
      ['completed', tokens.succeeds],
      ['declined', tokens.declines[0]?.token ?? ''],
      ['requires_action', tokens.needsAuthentication],
    ])('about a payment that is %s says so', async (status, token) => {
      const { provider } = testbed();
      const intent = newIntent(token, { returnUrl: 'https://shop.test/back' });
      const outcome = await provider.charge(intent);
      const [fact] = await factsOf(
        ({ subject }) =>
          subject.kind === 'payment' && subject.transactionId === intent.transactionId,
      );
      expect(fact?.subject).toMatchObject({
        providerTransactionId: outcome.providerTransactionId,
        outcome: { status },
      });
      expect(fact?.eventId).toBeTruthy();
      expect(Math.abs(Date.now() - Number(fact?.occurredAt))).toBeLessThan(60_000);
    });

    it('about a refund names it, its payment and its amount', async () => {
      const { provider } = testbed();
      const intent = newIntent(tokens.succeeds, { amount: '500', currency: 'JPY' });
      const refund = newRefund(intent, await charged(provider, intent), '200');
      const outcome = await provider.refund(refund);
      const [fact] = await factsOf(
        ({ subject }) => subject.kind === 'refund' && subject.refundId === refund.refundId,
      );
      expect(fact?.subject).toMatchObject({
        providerTransactionId: refund.providerTransactionId,
        providerRefundId: outcome.providerRefundId,
        amount: '200',
        currency: 'JPY',
        outcome: { status: 'completed' },
      });
    });

    it('sent ten times has one event id', async () => {
      const { provider, misbehave } = testbed();
      const intent = newIntent(tokens.succeeds);
      await misbehave('duplicate_webhooks');
      await provider.charge(intent);
      const isOurs = ({ subject }: ProviderFact) =>
        subject.kind === 'payment' && subject.transactionId === intent.transactionId;
      const facts = await eventually(
        () => factsOf(isOurs),
        (all) => all.length >= 10,
      );
      expect(facts).toHaveLength(10);
      expect(new Set(facts.map(({ eventId }) => eventId)).size).toBe(1);
    });

    it('is accepted as it came and refused with one byte changed', async () => {
      const { provider } = testbed();
      const { headers, rawBody } = await anyWebhook();
      expect(await provider.parseWebhook(headers, rawBody)).not.toEqual([]);
      const changed = Buffer.from(rawBody);
      changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
      await expect(provider.parseWebhook(headers, changed)).rejects.toThrow(InvalidWebhookError);
    });

    it('is refused when parsed and written again', async () => {
      const { headers, rawBody } = await anyWebhook();
      const rewritten = Buffer.from(JSON.stringify(JSON.parse(rawBody.toString()), null, 1));
      const call = testbed().provider.parseWebhook(headers, rewritten);
      await expect(call).rejects.toThrow(InvalidWebhookError);
    });

    it('is refused under another secret and without a signature', async () => {
      const { headers, rawBody } = await anyWebhook();
      const other = testbed().open({ wrongWebhookSecret: true });
      await expect(other.parseWebhook(headers, rawBody)).rejects.toThrow(InvalidWebhookError);
      const unsigned = testbed().provider.parseWebhook({}, rawBody);
      await expect(unsigned).rejects.toThrow(InvalidWebhookError);
    });
  });
}
