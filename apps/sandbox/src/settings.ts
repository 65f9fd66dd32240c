import type { PaypalSettings } from './paypal/paypal.sandbox.js';
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
  adyen: { webhookUrl?: string; hmacKey: string; merchantAccount: string };
  paypal: PaypalSettings;
  /** Makes ids the same on every run; drawn at random when absent. */
  seed: number;
  settleMs: number;
}

/** Development's own secret; the launcher and the tests give another. */
const usualSecret = 'whsec_sandbox';
const usualHmacKey = '5A'.repeat(32);
const usualWebhookId = 'SANDBOXWEBHOOK00001';

export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
): SandboxSettings {
  const value = (name: string): string | undefined => environment[name] || undefined;
  return {
    host: value('HOST') ?? '127.0.0.1',
    port: integer('PORT', value('PORT') ?? '3100', 65_535),
    publicUrl: url('PUBLIC_URL', value('PUBLIC_URL'))?.replace(/\/$/, ''),
    stateFile: value('SANDBOX_STATE_FILE'),
    stripe: {
      ...stripeAccount(value),
      accounts: stripeAccountNames(environment).map((name) => stripeAccount(value, name)),
      searchLagMs: integer('STRIPE_SEARCH_LAG_MS', value('STRIPE_SEARCH_LAG_MS') ?? '0', 3_600_000),
    },
    adyen: {
      webhookUrl: url('ADYEN_WEBHOOK_URL', value('ADYEN_WEBHOOK_URL')),
      hmacKey: hex('ADYEN_HMAC_KEY', value('ADYEN_HMAC_KEY') ?? usualHmacKey),
      merchantAccount: value('ADYEN_MERCHANT_ACCOUNT') ?? 'SandboxMerchant',
    },
    paypal: {
      webhookUrl: url('PAYPAL_WEBHOOK_URL', value('PAYPAL_WEBHOOK_URL')),
      webhookId: value('PAYPAL_WEBHOOK_ID') ?? usualWebhookId,
      caFile: value('PAYPAL_CA_FILE'),
      certUrl: url('PAYPAL_CERT_URL', value('PAYPAL_CERT_URL'))?.replace(/\/$/, ''),
    },
    seed: integer('SANDBOX_SEED', value('SANDBOX_SEED') ?? String(randomSeed()), 0xffffffff),
    settleMs: integer('SANDBOX_SETTLE_MS', value('SANDBOX_SETTLE_MS') ?? '500', 3_600_000),
  };
}

/** Each further account has a key of its own: `STRIPE_SECRET_KEY__EU` opens the account `eu`. */
function stripeAccountNames(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(environment).flatMap(
    (name) => (environment[name] && /^STRIPE_SECRET_KEY__([A-Z0-9]+)$/.exec(name)?.[1]) || [],
  );
}

function stripeAccount(
  value: (name: string) => string | undefined,
  account?: string,
): StripeAccountSettings {
  const suffix = account === undefined ? '' : `__${account}`;
  const webhookUrl = `STRIPE_WEBHOOK_URL${suffix}`;
  return {
    name: account?.toLowerCase(),
    secretKey: account === undefined ? undefined : value(`STRIPE_SECRET_KEY${suffix}`),
    webhookUrl: url(webhookUrl, value(webhookUrl)),
    webhookSecret: value(`STRIPE_WEBHOOK_SECRET${suffix}`) ?? usualSecret,
  };
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
