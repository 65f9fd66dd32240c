import type { ProviderDefinition } from '../port.definition.js';
import { apiUrlOf, wrongSetting } from '../provider-settings.js';
import { canBeSentToStripe, stripeCurrencies } from './stripe.amounts.js';
import { stripeDeclines } from './stripe.declines.js';
import { stripeErrorCodes } from './stripe.error-codes.js';
import { StripeProvider } from './stripe.provider.js';
import { type StripeSettings, stripeVariables } from './stripe.settings.js';

const dayMs = 24 * 60 * 60 * 1000;

/** Of bank debits: ACH, SEPA, Bacs, BECS and Canada's (docs.stripe.com/payments/bank-debits, read 2026). */
const debitCurrencies = ['AUD', 'CAD', 'EUR', 'GBP', 'NZD', 'USD'];
/** Of Alipay and GrabPay (docs.stripe.com/payments/alipay and /grabpay, read 2026). */
const walletCurrencies = 'AUD CAD CNY EUR GBP HKD JPY MYR NZD SGD USD'.split(' ');

/** Stripe, by PaymentIntents. Off without `STRIPE_SECRET_KEY`. */
export const stripeDefinition: ProviderDefinition<StripeSettings> = {
  code: 'stripe',
  name: 'Stripe',
  capabilities: {
    methods: {
      card: { token: 'required' },
      bank_transfer: { token: 'required', currencies: debitCurrencies },
      e_wallet: { token: 'required', currencies: walletCurrencies },
      crypto: { token: 'required', currencies: ['USD'] },
    },
    currencies: stripeCurrencies,
    operations: { cancel: true, partialRefund: true, lookUp: true },
    idempotencyKeyLifetimeMs: dayMs,
  },
  codes: [...stripeDeclines, ...stripeErrorCodes],
  switchedOnBy: 'STRIPE_SECRET_KEY',
  variables: stripeVariables,
  settings(environment) {
    const secretKey = environment.STRIPE_SECRET_KEY;
    if (!secretKey) return undefined;
    const mode = /^(?:sk|rk)_(test|live)_\w+$/.exec(secretKey)?.[1];
    if (!mode)
      throw wrongSetting('STRIPE_SECRET_KEY', 'a key of the form sk_test_... or sk_live_...');
    const webhookSecret = environment.STRIPE_WEBHOOK_SECRET ?? '';
    if (!/^whsec_\S+$/.test(webhookSecret)) {
      throw wrongSetting(
        'STRIPE_WEBHOOK_SECRET',
        'the signing secret of the webhook endpoint: whsec_...',
      );
    }
    const apiUrl = apiUrlOf(
      'STRIPE_API_URL',
      environment.STRIPE_API_URL || stripeVariables.STRIPE_API_URL.default,
    );
    if (mode === 'live' && !isStripe(apiUrl)) {
      throw wrongSetting(
        'STRIPE_API_URL',
        "Stripe's own https address when STRIPE_SECRET_KEY is a live key",
      );
    }
    return { apiUrl, secretKey, webhookSecret };
  },
  mode: {
    setBy: 'STRIPE_SECRET_KEY',
    isLive: ({ secretKey }) => /^.._live_/.test(secretKey),
  },
  tokenExample: 'pm_card_visa',
  ownsToken: (token, livemode) =>
    /^(?:pm|card|tok|src|ba|btok)_\w+$/.test(token) &&
    !(livemode && token.startsWith('pm_sandbox_')),
  canRepresent: canBeSentToStripe,
  create: (settings, { timeoutMs }) => new StripeProvider(settings, timeoutMs),
};

function isStripe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' && /(?:^|\.)stripe\.com$/.test(hostname);
}
