import { host } from './ports.js';
import type { LocalSecrets } from './secrets.js';

const adyenMerchantAccount = 'SandboxMerchant';
const paypalWebhookId = 'SANDBOXWEBHOOK00001';

/** URLs that the processes reach the database by: its administrator's and one for each login. */
export interface DatabaseUrls {
  admin: string;
  api: string;
  worker: string;
  operations: string;
}

export interface EnvironmentOptions {
  databases: DatabaseUrls;
  secrets: LocalSecrets;
  port: number;
  apiUrl: string;
  sandboxUrl: string;
  redisUrl?: string | undefined;
  /** Where the sandbox puts the certificate that its PayPal webhooks lead to. */
  paypalCaFile?: string | undefined;
  environment: 'development' | 'test';
  /** Further settings, which win. */
  extra?: Record<string, string>;
}

/** The environment of the api, the worker and the commands. */
export function apiEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { databases, secrets } = options;
  return {
    PORT: String(options.port),
    HOST: host,
    PUBLIC_URL: options.apiUrl,
    API_DATABASE_URL: databases.api,
    WORKER_DATABASE_URL: databases.worker,
    OPERATIONS_DATABASE_URL: databases.operations,
    ...(options.redisUrl ? { REDIS_URL: options.redisUrl } : {}),
    API_KEY_PEPPER: secrets.api_key_pepper,
    ENCRYPTION_KEYS: secrets.encryption_keys,
    HASH_KEYS: secrets.hash_keys,
    ...providerSettings(options),
    ENVIRONMENT: options.environment,
    WEBHOOK_ALLOW_PRIVATE_ADDRESSES: 'true',
    DRAIN_DELAY_MS: '0',
    ...options.extra,
  };
}

/** The accounts that the sandbox plays. */
function providerSettings({ secrets, sandboxUrl, paypalCaFile }: EnvironmentOptions) {
  return {
    STRIPE_API_URL: sandboxUrl,
    STRIPE_SECRET_KEY: secrets.stripe_secret_key,
    STRIPE_WEBHOOK_SECRET: secrets.stripe_webhook_secret,
    ADYEN_API_URL: sandboxUrl,
    ADYEN_API_KEY: secrets.adyen_api_key,
    ADYEN_MERCHANT_ACCOUNT: adyenMerchantAccount,
    ADYEN_HMAC_KEY: secrets.adyen_hmac_key,
    PAYPAL_API_URL: sandboxUrl,
    PAYPAL_CLIENT_ID: secrets.paypal_client_id,
    PAYPAL_CLIENT_SECRET: secrets.paypal_client_secret,
    PAYPAL_WEBHOOK_ID: paypalWebhookId,
    PAYPAL_CERT_URL_HOSTS: host,
    ...(paypalCaFile ? { PAYPAL_TRUST_ROOT_FILE: paypalCaFile } : {}),
  };
}

export interface SandboxEnvironmentOptions {
  secrets: LocalSecrets;
  port: number;
  apiUrl: string;
  sandboxUrl?: string;
  stateFile?: string;
  paypalCaFile?: string | undefined;
  extra?: Record<string, string>;
}

export function sandboxEnvironment(options: SandboxEnvironmentOptions): Record<string, string> {
  const { secrets } = options;
  return {
    PORT: String(options.port),
    HOST: host,
    ...(options.sandboxUrl ? { PUBLIC_URL: options.sandboxUrl } : {}),
    STRIPE_WEBHOOK_URL: `${options.apiUrl}/webhooks/stripe`,
    STRIPE_WEBHOOK_SECRET: secrets.stripe_webhook_secret,
    ADYEN_WEBHOOK_URL: `${options.apiUrl}/webhooks/adyen`,
    ADYEN_HMAC_KEY: secrets.adyen_hmac_key,
    ADYEN_MERCHANT_ACCOUNT: adyenMerchantAccount,
    PAYPAL_WEBHOOK_URL: `${options.apiUrl}/webhooks/paypal`,
    PAYPAL_WEBHOOK_ID: paypalWebhookId,
    PAYPAL_CLIENT_ID: secrets.paypal_client_id,
    PAYPAL_CLIENT_SECRET: secrets.paypal_client_secret,
    ...(options.paypalCaFile ? { PAYPAL_CA_FILE: options.paypalCaFile } : {}),
    ...(options.stateFile ? { SANDBOX_STATE_FILE: options.stateFile } : {}),
    ...options.extra,
  };
}
