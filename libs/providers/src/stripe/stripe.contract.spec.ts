import type { ContractTestbed, MagicDecline } from '../contract/harness.js';
import { describeProviderContract } from '../contract/provider.contract.js';
import { startSandboxProcess } from '../contract/sandbox-process.js';
import type { DeclineCode, PaymentProvider, RetryAdvice } from '../port.js';
import { stripeDefinition } from './stripe.definition.js';

const webhookSecret = 'whsec_contract';

async function start(): Promise<ContractTestbed> {
  const sandbox = await startSandboxProcess('STRIPE_WEBHOOK_URL', {
    STRIPE_WEBHOOK_SECRET: webhookSecret,
  });
  const opened: PaymentProvider[] = [];
  const open: ContractTestbed['open'] = (changes) => {
    const provider = stripeDefinition.create(
      {
        apiUrl: changes.url ?? sandbox.url,
        secretKey: changes.wrongCredentials ? 'rk_wrong' : 'sk_test_contract',
        webhookSecret: changes.wrongWebhookSecret ? 'whsec_other' : webhookSecret,
      },
      { timeoutMs: changes.timeoutMs ?? 5_000 },
    );
    opened.push(provider);
    return provider;
  };
  return {
    provider: open({}),
    open,
    misbehave: (script, path = '/v1/payment_intents') => sandbox.misbehave(script, path),
    charges: (transactionId) => sandbox.charges(transactionId),
    async decide(pageUrl, decision) {
      const body = new URLSearchParams({ decision });
      await fetch(pageUrl, { method: 'POST', body, redirect: 'manual' });
    },
    webhooks: () => sandbox.webhooks,
    async stop() {
      await sandbox.stop();
      await Promise.all(opened.map(async (provider) => provider.close?.()));
    },
  };
}

describeProviderContract('Stripe', {
  start,
  refundPath: '/v1/refunds',
  tokens: {
    succeeds: 'pm_card_visa',
    declines: [
      declined('', 'generic_decline', 'card_declined', 'other_provider'),
      declined('InsufficientFunds', 'insufficient_funds', 'insufficient_funds'),
      declined('LostCard', 'lost_card', 'lost_or_stolen', 'never'),
      declined('StolenCard', 'stolen_card', 'lost_or_stolen', 'never'),
      declined('ExpiredCard', 'expired_card', 'expired_card'),
      declined('IncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'),
      declined('ProcessingError', 'processing_error', 'processing_error', 'same_provider'),
    ],
    needsAuthentication: 'pm_card_authenticationRequired',
    succeedsLater: 'pm_sandbox_async_success',
    failsLater: 'pm_sandbox_async_fail',
    refundIsPending: 'pm_sandbox_refund_pending',
    refundFails: 'pm_sandbox_refund_fail',
    unknown: 'pm_nobody_knows',
  },
  brokenAnswers: [
    'timeout_then_success',
    'reset_after_commit',
    'http_500_then_success',
    'garbage_body',
    'html_body',
    'huge_body',
  ],
  amounts: [
    { amount: '500', currency: 'JPY', wire: 500 },
    { amount: '100.50', currency: 'THB', wire: 10_050 },
    { amount: '5.120', currency: 'KWD', wire: 5120 },
    { amount: '5', currency: 'ISK', wire: 500 },
  ],
  refusedAmounts: [
    { amount: '0.5', currency: 'JPY' },
    { amount: '5.123', currency: 'KWD' },
    { amount: '10.001', currency: 'USD' },
  ],
});

function declined(
  name: string,
  rawCode: string,
  code: DeclineCode,
  retry: RetryAdvice = 'after_customer_action',
): MagicDecline {
  return { token: `pm_card_chargeDeclined${name}`, rawCode, code, retry };
}
