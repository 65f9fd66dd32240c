import { describeProviderContract } from '../contract/provider.contract.js';
import type { ContractTestbed, MagicDecline, ReceivedWebhook } from '../contract/harness.js';
import { startSandboxProcess } from '../contract/sandbox-process.js';
import type { DeclineCode, PaymentProvider, RetryAdvice } from '../port.js';
import { adyenDefinition } from './adyen.definition.js';

const hmacKey = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
const merchantAccount = 'ContractMerchant';
const returnUrl = 'https://shop.test/back';

async function start(): Promise<ContractTestbed> {
  const sandbox = await startSandboxProcess('ADYEN_WEBHOOK_URL', {
    ADYEN_HMAC_KEY: hmacKey,
    ADYEN_MERCHANT_ACCOUNT: merchantAccount,
  });
  const opened: PaymentProvider[] = [];
  const open: ContractTestbed['open'] = (changes) => {
    const provider = adyenDefinition.create(
      {
        apiUrl: changes.url ?? sandbox.url,
        apiKey: changes.wrongCredentials ? 'wrong' : 'contract',
        merchantAccount,
        hmacKey: changes.wrongWebhookSecret ? hmacKey.replaceAll('4', '5') : hmacKey,
      },
      { timeoutMs: changes.timeoutMs ?? 5_000 },
    );
    opened.push(provider);
    return provider;
  };
  return {
    provider: open({}),
    open,
    misbehave: (script, path = '/v72/payments') => sandbox.misbehave(script, path),
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

const ideal = { paymentMethod: 'bank_transfer', currency: 'EUR', returnUrl } as const;
const alipay = { paymentMethod: 'e_wallet', currency: 'EUR', returnUrl } as const;

describeProviderContract('Adyen', {
  definition: adyenDefinition,
  start,
  refundPath: (id) => `/v72/payments/${id}/refunds`,
  resumePath: () => '/v72/payments/details',
  cases: {
    succeeds: 'sandbox/visa',
    declines: [
      declined('DECLINED', '2', 'card_declined', 'other_provider'),
      declined('ERROR', '4', 'processing_error', 'other_provider'),
      declined('BLOCK_CARD', '5', 'lost_or_stolen', 'never'),
      declined('CARD_EXPIRED', '6', 'expired_card'),
      declined('ISSUER_UNAVAILABLE', '9', 'provider_unavailable', 'same_provider'),
      declined('NOT_3D_AUTHENTICATED', '11', 'authentication_failed'),
      declined('NOT_ENOUGH_BALANCE', '12', 'insufficient_funds'),
      declined('FRAUD', '20', 'suspected_fraud', 'never'),
      declined('FRAUD_CANCELLED', '22', 'suspected_fraud', 'never'),
      declined('CVC_DECLINED', '24', 'incorrect_cvc'),
    ],
    needsPayer: [{ paymentMethodToken: 'sandbox/challenge', returnUrl }, ideal, alipay],
    succeedsLater: 'sandbox/received',
    failsLater: 'sandbox/pending_fail',
    refundIsPending: 'sandbox/visa',
    refundFails: 'sandbox/refund_fail',
    refundIsTakenBack: 'sandbox/refund_late_fail',
    unknown: 'sandbox/nobody-knows',
    methods: { card: 'sandbox/visa', bank_transfer: ideal, e_wallet: alipay },
    announced: [
      { charge: 'sandbox/visa', status: 'completed' },
      { charge: 'sandbox/received', status: 'completed' },
      { charge: 'sandbox/DECLINED', status: 'declined' },
    ],
    disputed: [
      { charge: 'sandbox/dispute_won', phase: 'opened' },
      { charge: 'sandbox/dispute_won', phase: 'won' },
      { charge: 'sandbox/dispute_lost', phase: 'lost' },
    ],
  },
  answers: { refund: 'processing', cancel: 'processing', declinedByPayer: 'declined' },
  absent: { payment: 'ABSENT0000000000', refund: 'ABSENT0000000000' },
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
    { amount: '5.123', currency: 'KWD', wire: 5123 },
    { amount: '5', currency: 'ISK', wire: 500 },
    { amount: '5', currency: 'CLP', wire: 500 },
    { amount: '500.00', currency: 'IDR', wire: 500 },
  ],
  refusedAmounts: [
    { amount: '0.5', currency: 'JPY' },
    { amount: '5.1234', currency: 'KWD' },
    { amount: '10.001', currency: 'USD' },
    { amount: '500.50', currency: 'IDR' },
    { amount: '0.5', currency: 'CLP' },
  ],
  webhooks: { signed: 'fields', unsigned: withoutSignatures },
});

function declined(
  name: string,
  rawCode: string,
  code: DeclineCode,
  retry: RetryAdvice = 'after_customer_action',
): MagicDecline {
  return { charge: `sandbox/${name}`, rawCode, code, retry };
}

function withoutSignatures({ headers, rawBody }: ReceivedWebhook): ReceivedWebhook {
  const text = rawBody.toString('utf8').replaceAll('hmacSignature', 'someSignature');
  return { headers, rawBody: Buffer.from(text) };
}
