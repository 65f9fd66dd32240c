import type { ProviderVariable } from '../port.definition.js';

/** One PayPal business account's REST app. */
export interface PayPalSettings {
  apiUrl: URL;
  clientId: string;
  clientSecret: string;
  /** The id that PayPal gave the webhook's address: it is part of what is signed. */
  webhookId: string;
  /** Hosts that signing certificates may be fetched from, with the port where it is not 443. */
  certificateHosts: readonly string[];
  /** PEM of the certificates that a chain may end at; absent: the roots that Node.js comes with. */
  trustRoots?: string;
}

export const payPalVariables = {
  PAYPAL_CLIENT_ID: {
    form: 'the id of a REST app',
    about: 'The app whose payments are taken.',
    example: 'example',
  },
  PAYPAL_CLIENT_SECRET: {
    form: 'the secret of the same app',
    about: 'Opens the app.',
    secret: true,
    example: 'example',
  },
  PAYPAL_WEBHOOK_ID: {
    form: 'the id of the webhook',
    about: 'Part of what is signed: verifies what arrives at `/webhooks/paypal`.',
    example: 'EXAMPLE',
  },
  PAYPAL_API_URL: {
    form: 'an http or https address, no path',
    about: 'Where PayPal is; the sandbox in development. Live: `https://api-m.paypal.com`.',
    default: 'https://api-m.sandbox.paypal.com',
  },
  PAYPAL_CERT_URL_HOSTS: {
    form: 'hosts, comma-separated, `host[:port]`',
    about:
      'Where the certificates that webhooks are signed with may come from: https only, but for a loopback address.',
    default: 'api.paypal.com,api.sandbox.paypal.com',
  },
  PAYPAL_TRUST_ROOT_FILE: {
    form: 'a file of certificates in PEM form',
    about: 'What the chain of such a certificate must lead to. Read at the start.',
    default: 'the roots that Node.js comes with',
  },
} as const satisfies Record<string, ProviderVariable>;
