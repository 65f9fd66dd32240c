import type { AdyenAccountSettings, AdyenSettings } from './adyen/adyen.settings.js';
import type { PaypalAccountSettings, PaypalSettings } from './paypal/paypal.settings.js';
import type { StripeAccountSettings, StripeSettings } from './stripe/stripe.settings.js';
import { isWebAddress } from './url.js';

/** Thrown for a variable of the environment that is wrong; the message names it. */
class InvalidSettingError extends Error {
  override readonly name = 'InvalidSettingError';
}

export interface SandboxSettings {
  host: string;
  port: number;
  /** Where others reach this process; made from host and port when absent. */
  publicUrl?: string;
  stateFile?: string;
  stripe: StripeSettings;
  adyen: AdyenSettings;
  paypal: PaypalSettings;
  /** Makes ids the same on every run; drawn at random when absent. */
  seed: number;
  settleMs: number;
}

/** Development's own secret; the launcher and the tests give another. */
const usualSecret = 'whsec_sandbox';
const usualHmacKey = '5A'.repeat(32);
const usualMerchantAccount = 'SandboxMerchant';
const usualWebhookId = 'SANDBOXWEBHOOK00001';

type Environment = Readonly<Record<string, string | undefined>>;
type Value = (name: string) => string | undefined;

export function readSettings(environment: Environment): SandboxSettings {
  const value: Value = (name) => environment[name] || undefined;
  return {
    host: value('HOST') ?? '127.0.0.1',
    port: integer('PORT', value('PORT') ?? '3100', 65_535),
    publicUrl: url('PUBLIC_URL', value('PUBLIC_URL'))?.replace(/\/$/, ''),
    stateFile: value('SANDBOX_STATE_FILE'),
    stripe: {
      ...stripeAccount(value),
      accounts: accountNames(environment, 'STRIPE_SECRET_KEY').map((name) =>
        stripeAccount(value, name),
      ),
      searchLagMs: integer('STRIPE_SEARCH_LAG_MS', value('STRIPE_SEARCH_LAG_MS') ?? '0', 3_600_000),
    },
    adyen: {
      ...adyenAccount(value),
      accounts: accountNames(environment, 'ADYEN_API_KEY').map((name) => adyenAccount(value, name)),
    },
    paypal: {
      ...paypalAccount(value),
      accounts: accountNames(environment, 'PAYPAL_CLIENT_ID').map((name) =>
        paypalAccount(value, name),
      ),
      caFile: value('PAYPAL_CA_FILE'),
      certUrl: url('PAYPAL_CERT_URL', value('PAYPAL_CERT_URL'))?.replace(/\/$/, ''),
    },
    seed: integer('SANDBOX_SEED', value('SANDBOX_SEED') ?? String(randomSeed()), 0xffffffff),
    settleMs: integer('SANDBOX_SETTLE_MS', value('SANDBOX_SETTLE_MS') ?? '500', 3_600_000),
  };
}

/** Each further account is known by a key of its own: `STRIPE_SECRET_KEY__EU` opens the account `eu`. */
function accountNames(environment: Environment, key: string): string[] {
  const pattern = new RegExp(`^${key}__([A-Z0-9]+)$`);
  return Object.keys(environment).flatMap(
    (name) => (environment[name] && pattern.exec(name)?.[1]) || [],
  );
}

function stripeAccount(value: Value, account?: string): StripeAccountSettings {
  const webhookUrl = variableOf('STRIPE_WEBHOOK_URL', account);
  return {
    name: account?.toLowerCase(),
    secretKey: keyOf(value, 'STRIPE_SECRET_KEY', account),
    webhookUrl: url(webhookUrl, value(webhookUrl)),
    webhookSecret: value(variableOf('STRIPE_WEBHOOK_SECRET', account)) ?? usualSecret,
  };
}

function adyenAccount(value: Value, account?: string): AdyenAccountSettings {
  const webhookUrl = variableOf('ADYEN_WEBHOOK_URL', account);
  const hmacKey = variableOf('ADYEN_HMAC_KEY', account);
  const merchantAccount = variableOf('ADYEN_MERCHANT_ACCOUNT', account);
  return {
    name: account?.toLowerCase(),
    apiKey: keyOf(value, 'ADYEN_API_KEY', account),
    webhookUrl: url(webhookUrl, value(webhookUrl)),
    hmacKey: hex(hmacKey, value(hmacKey) ?? usualHmacKey),
    merchantAccount: value(merchantAccount) ?? usualMerchantAccount,
  };
}

function paypalAccount(value: Value, account?: string): PaypalAccountSettings {
  const webhookUrl = variableOf('PAYPAL_WEBHOOK_URL', account);
  return {
    name: account?.toLowerCase(),
    clientId: keyOf(value, 'PAYPAL_CLIENT_ID', account),
    webhookUrl: url(webhookUrl, value(webhookUrl)),
    webhookId: value(variableOf('PAYPAL_WEBHOOK_ID', account)) ?? usualWebhookId,
  };
}

function variableOf(name: string, account: string | undefined): string {
  return account === undefined ? name : `${name}__${account}`;
}

/** What only a further account is known by: the default one takes whatever is left. */
function keyOf(value: Value, name: string, account: string | undefined): string | undefined {
  return account === undefined ? undefined : value(variableOf(name, account));
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

function integer(name: string, text: string, largest: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number <= largest) return number;
  throw new InvalidSettingError(`${name} must be an integer from 0 to ${largest}, not "${text}".`);
}

function hex(name: string, text: string): string {
  if (/^(?:[0-9A-Fa-f]{2})+$/.test(text)) return text;
  throw new InvalidSettingError(`${name} must be bytes in hexadecimal.`);
}

function url(name: string, text: string | undefined): string | undefined {
  if (text === undefined || isWebAddress(text)) return text;
  throw new InvalidSettingError(`${name} must be an http or https URL, not "${text}".`);
}
