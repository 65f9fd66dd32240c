import type { ContractTestbed, MagicDecline } from '../contract/harness.js';
import { describeProviderContract } from '../contract/provider.contract.js';
import { startSandboxProcess } from '../contract/sandbox-process.js';
import type { DeclineCode, PaymentProvider, RetryAdvice } from '../port.js';
import { payPalDefinition } from './paypal.definition.js';

const webhookId = 'CONTRACTWEBHOOK1';
const returnUrl = 'https://shop.test/back';
const visa = 'sandbox-paypal-visa';
const approval = { paymentMethod: 'e_wallet', returnUrl } as const;
const vaultedWallet = { paymentMethod: 'e_wallet', paymentMethodToken: visa } as const;
const challenge = { paymentMethodToken: 'sandbox-paypal-3ds', returnUrl };

async function start(): Promise<ContractTestbed> {
  const sandbox = await startSandboxProcess('PAYPAL_WEBHOOK_URL', { PAYPAL_WEBHOOK_ID: webhookId });
  const trustRoots = await (await fetch(new URL('/_sandbox/paypal/ca.pem', sandbox.url))).text();
  const opened: PaymentProvider[] = [];
  const open: ContractTestbed['open'] = (changes) => {
    const provider = payPalDefinition.create(
      {
        apiUrl: changes.url ?? sandbox.url,
        clientId: 'contract',
        clientSecret: changes.wrongCredentials ? 'wrong' : 'contract-secret',
        webhookId: changes.wrongWebhookSecret ? 'OTHERWEBHOOK0001' : webhookId,
        certificateHosts: [sandbox.url.host],
        trustRoots,
      },
      { timeoutMs: changes.timeoutMs ?? 5_000 },
    );
    opened.push(provider);
    return provider;
  };
  return {
    provider: open({}),
    open,
    misbehave: (script, path = '/v2/checkout/orders') => sandbox.misbehave(script, path),
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

describeProviderContract('PayPal', {
  start,
  definition: payPalDefinition,
  refundPath: () => '/v2/payments/captures/',
  resumePath: ({ providerTransactionId }) => `/v2/checkout/orders/${providerTransactionId}/capture`,
  cases: {
    succeeds: visa,
    declines: [
      declined('declined', '0500', 'card_declined', 'other_provider'),
      declined('insufficient-funds', '5120', 'insufficient_funds'),
      declined('lost-or-stolen', '9520', 'lost_or_stolen', 'never'),
      declined('expired', '5400', 'expired_card'),
      declined('cvc', '00N7', 'incorrect_cvc'),
      declined('fraud', '9500', 'suspected_fraud', 'never'),
      declined('invalid', '1330', 'invalid_card'),
      declined('processing-error', '8000', 'processing_error', 'same_provider'),
      {
        charge: { paymentMethod: 'e_wallet', paymentMethodToken: 'sandbox-paypal-declined' },
        rawCode: 'INSTRUMENT_DECLINED',
        code: 'card_declined',
        retry: 'after_customer_action',
      },
    ],
    needsPayer: [approval, challenge],
    succeedsLater: 'sandbox-paypal-pending',
    failsLater: 'sandbox-paypal-pending-fail',
    refundIsPending: 'sandbox-paypal-refund-pending',
    refundFails: 'sandbox-paypal-refund-fail',
    unknown: '8kk8451t',
    methods: { card: visa, e_wallet: vaultedWallet },
    announced: [
      { charge: visa, status: 'completed' },
      { charge: vaultedWallet, status: 'completed' },
      { charge: 'sandbox-paypal-declined', status: 'declined' },
    ],
    disputed: [
      { charge: 'sandbox-paypal-dispute-won', phase: 'opened' },
      { charge: 'sandbox-paypal-dispute-won', phase: 'won' },
      { charge: 'sandbox-paypal-dispute-lost', phase: 'lost' },
    ],
  },
  answers: { refund: 'completed', cancel: 'cancelled', declinedByPayer: 'requires_action' },
  absent: { payment: '5O190127TN364715T', refund: '1JU08902781691411' },
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
    { amount: '1000.00', currency: 'HUF', wire: 1000 },
    { amount: '30', currency: 'TWD', wire: 30 },
  ],
  refusedAmounts: [
    { amount: '0.5', currency: 'JPY' },
    { amount: '10.50', currency: 'HUF' },
    { amount: '10.001', currency: 'USD' },
    { amount: '5.120', currency: 'KWD' },
    { amount: '5', currency: 'ISK' },
  ],
  webhooks: { signed: 'body', unsigned: ({ rawBody }) => ({ headers: {}, rawBody }) },
});

function declined(
  name: string,
  rawCode: string,
  code: DeclineCode,
  retry: RetryAdvice = 'after_customer_action',
): MagicDecline {
  return { charge: `sandbox-paypal-${name}`, rawCode, code, retry };
}
