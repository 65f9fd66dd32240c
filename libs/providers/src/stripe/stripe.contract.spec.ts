import type { ContractTestbed, MagicDecline } from '../contract/harness.js';
import { describeProviderContract } from '../contract/provider.contract.js';
import { startSandboxProcess } from '../contract/sandbox-process.js';
import type { DeclineCode, PaymentProvider, RetryAdvice } from '../port.js';
import { stripeDefinition } from './stripe.definition.js';

const webhookSecret = 'whsec_contract';
const returnUrl = 'https://shop.test/back';
/** Without an address and a browser a bank debit has no mandate. */
const consenting = { ipAddress: '203.0.113.7', browser: { user_agent: 'Mozilla/5.0' } };

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
      const answer = await fetch(pageUrl, { method: 'POST', body, redirect: 'manual' });
      const address = answer.headers.get('location');
      return address ? Object.fromEntries(new URL(address).searchParams) : {};
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
  definition: stripeDefinition,
  refundPath: () => '/v1/refunds',
  cases: {
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
    needsPayer: [
      'pm_card_authenticationRequired',
      { paymentMethodToken: 'pm_card_authenticationRequired', returnUrl },
      { paymentMethodToken: 'pm_sandbox_alipay', paymentMethod: 'e_wallet', returnUrl },
      { paymentMethodToken: 'pm_sandbox_crypto', paymentMethod: 'crypto', returnUrl },
    ],
    succeedsLater: 'pm_sandbox_async_success',
    failsLater: 'pm_sandbox_async_fail',
    refundIsPending: 'pm_sandbox_refund_pending',
    refundFails: 'pm_sandbox_refund_fail',
    refundIsTakenBack: 'pm_sandbox_refund_late_fail',
    unknown: 'pm_nobody_knows',
    methods: {
      card: 'pm_card_visa',
      bank_transfer: { paymentMethodToken: 'pm_usBankAccount_success', payer: consenting },
      e_wallet: { paymentMethodToken: 'pm_sandbox_alipay', returnUrl },
      crypto: { paymentMethodToken: 'pm_sandbox_crypto', returnUrl },
    },
    announced: [
      { charge: 'pm_card_visa', status: 'completed' },
      { charge: 'pm_card_chargeDeclined', status: 'declined' },
      { charge: 'pm_card_authenticationRequired', status: 'requires_action' },
    ],
    disputed: [
      { charge: 'pm_card_createDispute', phase: 'opened' },
      { charge: 'pm_sandbox_dispute_won', phase: 'won' },
      { charge: 'pm_sandbox_dispute_lost', phase: 'lost' },
    ],
  },
  answers: { refund: 'completed', cancel: 'cancelled', declinedByPayer: 'declined' },
  absent: { payment: 'pi_does_not_exist', refund: 're_does_not_exist' },
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
  webhooks: { signed: 'body', unsigned: ({ rawBody }) => ({ headers: {}, rawBody }) },
});

function declined(
  name: string,
  rawCode: string,
  code: DeclineCode,
  retry: RetryAdvice = 'after_customer_action',
): MagicDecline {
  return { charge: `pm_card_chargeDeclined${name}`, rawCode, code, retry };
}
