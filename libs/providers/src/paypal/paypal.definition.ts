import { readFileSync } from 'node:fs';
import type { ProviderDefinition } from '../port.definition.js';
import { apiUrlOf, wrongSetting } from '../provider-settings.js';
import { canBeSentToPayPal, payPalCurrencies } from './paypal.amounts.js';
import { payPalDeclines } from './paypal.declines.js';
import { payPalIssues } from './paypal.issues.js';
import { certificatesOf } from './paypal.certificates.js';
import { PayPalProvider } from './paypal.provider.js';
import { type PayPalSettings, payPalVariables } from './paypal.settings.js';

const hourMs = 60 * 60 * 1000;
const { PAYPAL_API_URL, PAYPAL_CERT_URL_HOSTS } = payPalVariables;

/** PayPal, by Orders v2. Off without `PAYPAL_CLIENT_ID`. */
export const payPalDefinition: ProviderDefinition<PayPalSettings> = {
  code: 'paypal',
  name: 'PayPal',
  capabilities: {
    methods: { card: { token: 'required' }, e_wallet: { token: 'optional' } },
    currencies: payPalCurrencies,
    operations: { cancel: false, partialRefund: true, lookUp: true },
    idempotencyKeyLifetimeMs: 6 * hourMs,
  },
  codes: [...payPalDeclines, ...payPalIssues],
  switchedOnBy: 'PAYPAL_CLIENT_ID',
  variables: payPalVariables,
  settings(environment) {
    const clientId = environment.PAYPAL_CLIENT_ID;
    if (!clientId) return undefined;
    if (!/^[\w-]{1,255}$/.test(clientId))
      throw wrongSetting('PAYPAL_CLIENT_ID', 'the id of a REST app');
    const clientSecret = environment.PAYPAL_CLIENT_SECRET ?? '';
    if (!/^[\w-]{1,255}$/.test(clientSecret)) {
      throw wrongSetting('PAYPAL_CLIENT_SECRET', 'the secret of the same REST app');
    }
    const webhookId = environment.PAYPAL_WEBHOOK_ID ?? '';
    if (!/^[A-Za-z0-9]{1,50}$/.test(webhookId)) {
      throw wrongSetting('PAYPAL_WEBHOOK_ID', 'the id that PayPal gave the webhook');
    }
    return {
      apiUrl: toApiUrl(environment.PAYPAL_API_URL || PAYPAL_API_URL.default),
      clientId,
      clientSecret,
      webhookId,
      certificateHosts: toHosts(environment.PAYPAL_CERT_URL_HOSTS || PAYPAL_CERT_URL_HOSTS.default),
      trustRoots: readRoots(environment.PAYPAL_TRUST_ROOT_FILE),
    };
  },
  mode: {
    setBy: 'PAYPAL_API_URL',
    isLive: ({ apiUrl: { hostname } }) =>
      /(?:^|\.)paypal\.com$/.test(hostname) && !/(?:^|\.)sandbox\./.test(hostname),
  },
  tokenExample: '8kk8451t',
  /** The ids of PayPal's vault, and the sandbox's names for what they do. */
  ownsToken: (token, livemode) =>
    /^[A-Za-z0-9]{6,36}$/.test(token) || (!livemode && /^sandbox-paypal-[a-z0-9-]+$/.test(token)),
  canRepresent: canBeSentToPayPal,
  create: (settings, { timeoutMs }) => new PayPalProvider(settings, timeoutMs),
};

function toApiUrl(text: string): URL {
  const url = apiUrlOf('PAYPAL_API_URL', text);
  if (url.protocol === 'http:' && /(^|\.)paypal\.com$/.test(url.hostname)) {
    throw wrongSetting('PAYPAL_API_URL', 'an https address at PayPal');
  }
  return url;
}

function toHosts(text: string): string[] {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase());
  if (hosts.every((host) => /^(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/.test(host)))
    return hosts;
  throw wrongSetting('PAYPAL_CERT_URL_HOSTS', 'host names with commas between them');
}

function readRoots(file: string | undefined): string | undefined {
  if (!file) return undefined;
  const pem = textOf(file);
  if (certificatesOf(pem).length > 0) return pem;
  throw wrongSetting('PAYPAL_TRUST_ROOT_FILE', 'a file of certificates in PEM form');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    throw wrongSetting('PAYPAL_TRUST_ROOT_FILE', 'a file that can be read');
  }
}
