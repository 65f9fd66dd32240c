import type { LocalSecrets } from './secrets.js';

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
  environment: 'development' | 'test';
  /** Further settings, which win. */
  extra?: Record<string, string>;
}

/** The environment of the api, the worker and the commands. */
export function apiEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { databases, secrets } = options;
  return {
    PORT: String(options.port),
    HOST: '127.0.0.1',
    PUBLIC_URL: options.apiUrl,
    API_DATABASE_URL: databases.api,
    WORKER_DATABASE_URL: databases.worker,
    OPERATIONS_DATABASE_URL: databases.operations,
    ...(options.redisUrl ? { REDIS_URL: options.redisUrl } : {}),
    API_KEY_PEPPER: secrets.api_key_pepper,
    ENCRYPTION_KEYS: secrets.encryption_keys,
    HASH_KEYS: secrets.hash_keys,
    STRIPE_API_URL: options.sandboxUrl,
    STRIPE_SECRET_KEY: secrets.stripe_secret_key,
    STRIPE_WEBHOOK_SECRET: secrets.stripe_webhook_secret,
    ENVIRONMENT: options.environment,
    ...options.extra,
  };
}

export interface SandboxEnvironmentOptions {
  secrets: LocalSecrets;
  port: number;
  apiUrl: string;
  sandboxUrl?: string;
  stateFile?: string;
  extra?: Record<string, string>;
}

export function sandboxEnvironment(options: SandboxEnvironmentOptions): Record<string, string> {
  return {
    PORT: String(options.port),
    HOST: '127.0.0.1',
    ...(options.sandboxUrl ? { PUBLIC_URL: options.sandboxUrl } : {}),
    STRIPE_WEBHOOK_URL: `${options.apiUrl}/webhooks/stripe`,
    STRIPE_WEBHOOK_SECRET: options.secrets.stripe_webhook_secret,
    ...(options.stateFile ? { SANDBOX_STATE_FILE: options.stateFile } : {}),
    ...options.extra,
  };
}
