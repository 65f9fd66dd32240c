/// <reference types="jest" />
import type { ProviderFact } from '../port.js';
import { InvalidWebhookError } from '../port.js';
import type { ContractTestbed, ProviderHarness, ReceivedWebhook } from './harness.js';
import { charged, failureOf, nameOf, newIntent, newRefund } from './intents.js';
import { factsOf, isAbout, wholeFact } from './verdicts.js';

const returnUrl = 'https://shop.test/back';

export function describeWebhooks(testbed: () => ContractTestbed, harness: ProviderHarness): void {
  const { cases } = harness;

  async function anyWebhook(): Promise<ReceivedWebhook> {
    const { provider, webhooks } = testbed();
    const intent = newIntent(cases.succeeds);
    await provider.charge(intent);
    await factsOf(testbed(), isAbout(intent.transactionId));
    const names = ({ rawBody }: ReceivedWebhook) => rawBody.includes(intent.transactionId);
    const [first] = webhooks().filter(names);
    if (!first) throw new Error('no webhook came');
    return first;
  }

  async function expectRefusal({ headers, rawBody }: ReceivedWebhook, at = testbed().provider) {
    await expect(at.parseWebhook(headers, rawBody)).rejects.toThrow(InvalidWebhookError);
  }

  describe('a webhook', () => {
    it.each(cases.announced.map(({ charge, status }) => [nameOf(charge), status, charge] as const))(
      'about a payment by %s says that it is %s, and of how much',
      async (_, status, charge) => {
        const { provider } = testbed();
        const intent = newIntent(charge, { returnUrl });
        const outcome = await provider.charge(intent);
        const isWanted = ({ subject }: ProviderFact) =>
          subject.kind === 'payment' &&
          subject.transactionId === intent.transactionId &&
          subject.outcome.status === status;
        const [fact] = await factsOf(testbed(), isWanted);
        const { amount, currency, idempotencyKey } = intent;
        expect(fact?.subject).toMatchObject({
          idempotencyKey,
          providerTransactionId: outcome.providerTransactionId,
          outcome: { status, money: { amount, currency } },
        });
        expect(fact?.eventId).toMatch(/^.{1,255}$/);
        expect(fact?.eventType).toMatch(/^.{1,100}$/);
        expect(Math.abs(Date.now() - Number(fact?.occurredAt))).toBeLessThan(60_000);
      },
    );

    it('tells of a charge whose answer never came', async () => {
      const provider = testbed().open({ timeoutMs: 400 });
      const intent = newIntent(cases.succeeds, { amount: '500', currency: 'JPY' });
      await testbed().misbehave('timeout_then_success');
      expect(await failureOf(provider.charge(intent))).toMatchObject({ kind: 'outcome_unknown' });
      const [fact] = await factsOf(testbed(), isAbout(intent.transactionId));
      const [charge] = await testbed().charges(intent.transactionId);
      expect(fact?.subject).toMatchObject({
        providerTransactionId: charge?.id,
        outcome: { status: 'completed', money: { amount: '500', currency: 'JPY' } },
      });
    });

    it('about a refund names it, its payment and its amount', async () => {
      const { provider } = testbed();
      const intent = newIntent(cases.succeeds, { amount: '500', currency: 'JPY' });
      const refund = newRefund(intent, await charged(provider, intent), '200');
      const outcome = await provider.refund(refund);
      const [fact] = await factsOf(
        testbed(),
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
      const intent = newIntent(cases.succeeds);
      await misbehave('duplicate_webhooks');
      await provider.charge(intent);
      const facts = await factsOf(testbed(), isAbout(intent.transactionId), 10);
      const ids = facts.map(({ eventId }) => eventId);
      const [first] = ids;
      expect(ids.filter((id) => id === first)).toHaveLength(10);
    });

    it('is accepted as it came and refused with one byte changed', async () => {
      const { headers, rawBody } = await anyWebhook();
      expect(await testbed().provider.parseWebhook(headers, rawBody)).not.toEqual([]);
      const changed = Buffer.from(rawBody);
      changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
      await expectRefusal({ headers, rawBody: changed });
    });

    it('is read while the provider can not be reached', async () => {
      const { provider, webhooks, open } = testbed();
      const [dispute] = cases.disputed;
      const kind = dispute ? 'dispute' : 'payment';
      const id = await charged(provider, newIntent(dispute?.charge ?? cases.succeeds));
      const [fact] = await factsOf(
        testbed(),
        ({ subject }) => subject.kind === kind && subject.providerTransactionId === id,
      );
      const offline = open({ url: new URL('http://127.0.0.1:9') });
      const read = webhooks().map((one) => offline.parseWebhook(one.headers, one.rawBody));
      const facts = (await Promise.all(read)).flat();
      const found = facts.find(({ eventId }) => eventId === fact?.eventId);
      if (!found) throw new Error('the webhook is not read');
      expect(await wholeFact(provider, found)).toEqual(fact);
      if (found.unresolved === undefined) return;
      const failure = await failureOf(wholeFact(offline, found));
      expect(failure).toMatchObject({ name: 'ProviderError', kind: 'unreachable' });
    });

    it('is refused with another amount', async () => {
      const { headers, rawBody } = await anyWebhook();
      const text = rawBody.toString('utf8');
      const changed = text.replaceAll('1050', '9050').replaceAll('10.50', '90.50');
      expect(changed).not.toBe(text);
      await expectRefusal({ headers, rawBody: Buffer.from(changed) });
    });

    if (harness.webhooks.signed === 'body') {
      it('is refused when parsed and written again', async () => {
        const { headers, rawBody } = await anyWebhook();
        const rewritten = JSON.stringify(JSON.parse(rawBody.toString()), null, 1);
        await expectRefusal({ headers, rawBody: Buffer.from(rewritten) });
      });
    }

    it('is refused under another secret and without a signature', async () => {
      const webhook = await anyWebhook();
      await expectRefusal(webhook, testbed().open({ wrongWebhookSecret: true }));
      await expectRefusal(harness.webhooks.unsigned(webhook));
    });

    if (cases.disputed.length === 0) return;

    it.each(cases.disputed.map(({ charge, phase }) => [phase, charge] as const))(
      'about a dispute says that it is %s, of which payment and how much',
      async (phase, charge) => {
        const intent = newIntent(charge);
        const providerTransactionId = await charged(testbed().provider, intent);
        const isWanted = ({ subject }: ProviderFact) =>
          subject.kind === 'dispute' &&
          subject.providerTransactionId === providerTransactionId &&
          subject.phase === phase;
        const [fact] = await factsOf(testbed(), isWanted);
        const { amount, currency } = intent;
        expect(fact?.subject).toMatchObject({
          providerDisputeId: expect.stringMatching(/^.{1,255}$/) as string,
          reason: expect.stringMatching(/./) as string,
          money: { amount, currency },
        });
      },
    );
  });
}
