import { randomUUID } from 'node:crypto';
import { startSandboxProcess } from '../contract/sandbox-process.js';
import type { SandboxProcess } from '../contract/sandbox-process.js';
import type {
  ChargeIntent,
  PaymentMethodCode,
  PaymentProvider,
  ProviderFact,
  ProviderOutcome,
} from '../port.js';
import { stripeDefinition } from './stripe.definition.js';

const webhookSecret = 'whsec_methods';
const payer = { ipAddress: '203.0.113.7', browser: { user_agent: 'Mozilla/5.0' } };

describe('Stripe beside cards', () => {
  let sandbox: SandboxProcess;
  let provider: PaymentProvider;

  beforeAll(async () => {
    sandbox = await startSandboxProcess('STRIPE_WEBHOOK_URL', {
      STRIPE_WEBHOOK_SECRET: webhookSecret,
    });
    const settings = { apiUrl: sandbox.url, secretKey: 'sk_test_methods', webhookSecret };
    provider = stripeDefinition.create(settings, { timeoutMs: 5_000 });
  });
  afterAll(async () => {
    await provider.close?.();
    await sandbox.stop();
  });

  function intentOf(
    paymentMethod: PaymentMethodCode,
    paymentMethodToken: string,
    changes: Partial<ChargeIntent> = {},
  ): ChargeIntent {
    const transactionId = randomUUID();
    return {
      idempotencyKey: `${transactionId}.1`,
      ...{ transactionId, amount: '10.50', currency: 'USD', paymentMethod, paymentMethodToken },
      ...{ returnUrl: 'https://shop.test/back', payer, ...changes },
    };
  }

  async function until<Value>(ask: () => Promise<Value>, isWanted: (value: Value) => boolean) {
    const pauseMs = 25;
    for (let tries = 0; tries < 200; tries += 1) {
      const value = await ask();
      if (isWanted(value)) return value;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    throw new Error('it did not come');
  }

  function settled(intent: ChargeIntent, outcome: ProviderOutcome) {
    const { providerTransactionId } = outcome;
    const ask = () => provider.fetch({ ...intent, providerTransactionId });
    return until(ask, (found) => typeof found === 'object' && found.status !== 'processing');
  }

  async function facts(): Promise<ProviderFact[]> {
    const parsed = sandbox.webhooks.map(({ headers, rawBody }) =>
      provider.parseWebhook(headers, rawBody),
    );
    return (await Promise.all(parsed)).flat();
  }

  function factOf(wanted: (subject: ProviderFact['subject']) => boolean) {
    const ask = async () => (await facts()).find(({ subject }) => wanted(subject));
    return until(ask, (found) => found !== undefined);
  }

  it.each([
    ['pm_usBankAccount_insufficientFunds', 'USD', 'declined'],
    ['pm_sepaDebit_success_at', 'EUR', 'completed'],
    ['pm_sepaDebit_failed_at', 'EUR', 'declined'],
  ])('a debit by %s is processing, then %s', async (token, currency, status) => {
    const intent = intentOf('bank_transfer', token, { currency });
    const outcome = await provider.charge(intent);
    expect(outcome).toMatchObject({ status: 'processing', money: { amount: '10.50', currency } });
    expect(await settled(intent, outcome)).toMatchObject({ status });
  });

  it('a debit of a payer without a mandate is refused, and takes nothing', async () => {
    const intent = intentOf('bank_transfer', 'pm_usBankAccount_success', { payer: {} });
    await expect(provider.charge(intent)).rejects.toMatchObject({ kind: 'rejected' });
    await expect(provider.charge(intent)).rejects.toMatchObject({ kind: 'rejected' });
    expect(await sandbox.charges(intent.transactionId)).toEqual([]);
  });

  it('a debit that takes long is cancelled', async () => {
    const intent = intentOf('bank_transfer', 'pm_usBankAccount_processing');
    const { providerTransactionId } = await provider.charge(intent);
    const cancelled = await provider.cancel({ ...intent, providerTransactionId });
    expect(cancelled).toMatchObject({ status: 'cancelled' });
  });

  it.each([
    ['e_wallet', 'pm_sandbox_alipay', 'EUR', 'decline', 'declined'],
    ['e_wallet', 'pm_sandbox_grabpay', 'SGD', 'approve', 'completed'],
    ['crypto', 'pm_sandbox_crypto', 'USD', 'decline', 'declined'],
  ] as const)('%s by %s in %s whose payer says %s is %s', async (...row) => {
    const [method, token, currency, decision, status] = row;
    const intent = intentOf(method, token, { currency });
    const outcome = await provider.charge(intent);
    expect(outcome).toMatchObject({ status: 'requires_action' });
    const url = outcome.status === 'requires_action' ? outcome.nextAction.url : '';
    const body = new URLSearchParams({ decision });
    await fetch(url, { method: 'POST', body, redirect: 'manual' });
    expect(await settled(intent, outcome)).toMatchObject({ status });
  });

  it('a wallet without a way back is refused, and takes nothing', async () => {
    const intent = intentOf('e_wallet', 'pm_sandbox_alipay', { returnUrl: undefined });
    await expect(provider.charge(intent)).rejects.toMatchObject({ kind: 'rejected' });
    expect(await sandbox.charges(intent.transactionId)).toEqual([]);
  });

  it("a card's token is charged like a payment method", async () => {
    const outcome = await provider.charge(intentOf('card', 'tok_visa'));
    expect(outcome).toMatchObject({ status: 'completed' });
  });

  it('a decline code that nobody published is flagged, and nobody tries again', async () => {
    const outcome = await provider.charge(intentOf('card', 'pm_sandbox_unknown_decline'));
    expect(outcome).toMatchObject({
      ...{ status: 'declined', code: 'processing_error', retry: 'never' },
      unmapped: 'declined_by_the_moon',
    });
  });

  it.each(['won', 'lost'] as const)(
    'a dispute that is %s is told when it opens and closes',
    async (end) => {
      const outcome = await provider.charge(intentOf('card', `pm_sandbox_dispute_${end}`));
      const { providerTransactionId } = outcome;
      for (const phase of ['opened', end] as const) {
        const fact = await factOf(
          (subject) =>
            subject.kind === 'dispute' &&
            subject.providerTransactionId === providerTransactionId &&
            subject.phase === phase,
        );
        expect(fact?.subject).toMatchObject({
          reason: 'fraudulent',
          money: { amount: '10.50', currency: 'USD' },
        });
      }
    },
  );

  it('a refund made on the dashboard is told without an id of ours', async () => {
    const outcome = await provider.charge(intentOf('card', 'pm_card_visa'));
    const { providerTransactionId = '' } = outcome;
    const answer = await fetch(new URL('/_sandbox/refunds', sandbox.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ provider: 'stripe', payment_id: providerTransactionId, amount: 250 }),
    });
    const { id } = (await answer.json()) as { id: string };
    const fact = await factOf(
      (subject) => subject.kind === 'refund' && subject.providerRefundId === id,
    );
    expect(fact?.subject).toMatchObject({
      ...{ kind: 'refund', providerTransactionId, amount: '2.50', currency: 'USD' },
      ...{ refundId: undefined, outcome: { status: 'completed' } },
    });
  });

  it.each([
    ['http_500_saved', [expect.objectContaining({ status: 'succeeded' })]],
    ['http_500_saved_unpaid', []],
  ])('%s stays unknown however often it is replayed', async (script, charges) => {
    const intent = intentOf('card', `pm_sandbox_${script}`);
    for (const _call of [1, 2]) {
      await expect(provider.charge(intent)).rejects.toMatchObject({ kind: 'outcome_unknown' });
    }
    expect(await sandbox.charges(intent.transactionId)).toEqual(charges);
  });

  it.each([
    ['http_500_saved', expect.objectContaining({ status: 'completed' })],
    ['http_500_saved_unpaid', 'not_found'],
  ])('after %s only a look-up tells', async (script, answer) => {
    const intent = intentOf('card', `pm_sandbox_${script}`);
    await expect(provider.charge(intent)).rejects.toMatchObject({ kind: 'outcome_unknown' });
    expect(await provider.fetch(intent)).toEqual(answer);
  });
});
