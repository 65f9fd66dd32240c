import type { ProviderVariable } from '../port.definition.js';

/** One Stripe account. */
export interface StripeSettings {
  apiUrl: URL;
  secretKey: string;
  webhookSecret: string;
}

export const stripeVariables = {
  STRIPE_SECRET_KEY: {
    form: '`sk_test_...` or `sk_live_...`, or a restricted `rk_...`',
    about: "The account's key.",
    secret: true,
    example: 'sk_test_example',
  },
  STRIPE_WEBHOOK_SECRET: {
    form: '`whsec_...`',
    about: 'Verifies what arrives at `/webhooks/stripe`.',
    secret: true,
    example: 'whsec_example',
  },
  STRIPE_API_URL: {
    form: 'an http or https address, no path',
    about: 'Where Stripe is; the sandbox in development. A live key goes to Stripe alone.',
    default: 'https://api.stripe.com',
  },
} as const satisfies Record<string, ProviderVariable>;
