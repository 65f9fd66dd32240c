import { isProviderSecret, providerMistakes } from '@libs/providers';
import { databaseSettings } from './database.settings.js';
import { parseFailpoints } from './failpoints.js';
import { monitoringSettings } from './monitoring.settings.js';
import { processSettings } from './process.settings.js';
import { withSecretFiles } from './secret-files.js';
import { readEnvironment, type ReadSettings } from './setting-reader.js';
import {
  flag,
  integer,
  keyring,
  oneOf,
  optional,
  parsed,
  secretKey,
  type Setting,
  SettingError,
  text,
  url,
} from './settings.js';
import { tracingSettings } from './tracing.settings.js';

const database = ['postgres:', 'postgresql:'];
const web = ['http:', 'https:'];

const ownPort = (of: string) => optional(integer({ about: `Port ${of}`, min: 1, max: 65535 }));

/** Every setting of the API and the worker. */
export const schema = {
  ENVIRONMENT: oneOf(['development', 'test', 'production'], {
    about: 'What this deployment is for. Failpoints exist in `test` only.',
    default: 'production',
  }),
  LIVEMODE: flag({
    about: 'Whether real money moves: then every provider account must be a live one, else none.',
    default: 'false',
  }),
  PORT: integer({ about: 'Port of the partner API.', default: '3000', min: 0, max: 65535 }),
  ADMIN_PORT: ownPort('of the operations API. Without one it is on PORT, in `production` nowhere.'),
  METRICS_PORT: ownPort(
    'of /metrics. Without one the API has them on PORT, in `production` nowhere; the worker nowhere.',
  ),
  HOST: text({ about: 'Address to listen on.', default: '127.0.0.1' }),
  PUBLIC_URL: optional(
    url(web, { about: 'Where partners reach the API; the base of links in its answers.' }),
  ),
  REQUEST_TIMEOUT_MS: integer({
    about: 'How long a caller may take to send one request, its body included.',
    default: '30000',
    min: 1000,
    max: 45000,
  }),
  TRUSTED_PROXIES: optional(
    text({ about: 'Comma-separated addresses or networks whose X-Forwarded-For is believed.' }),
  ),
  LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error', 'silent'], {
    about: 'The least serious log line that is written.',
    default: 'info',
  }),
  API_DATABASE_URL: url(database, {
    about: 'PostgreSQL as the role `payments_api`.',
    secret: true,
  }),
  WORKER_DATABASE_URL: url(database, {
    about: 'PostgreSQL as the role `payments_worker`.',
    secret: true,
  }),
  OPERATIONS_DATABASE_URL: url(database, {
    about: 'PostgreSQL as the role `payments_operations`.',
    secret: true,
  }),
  ...databaseSettings,
  REDIS_URL: optional(
    url(['redis:', 'rediss:'], {
      about:
        'Redis for the caches and rate limits that processes share; without it each has its own.',
      secret: true,
    }),
  ),
  OPERATOR_RATE_LIMIT_PER_MINUTE: integer({
    about: 'How many requests a minute one operator may send.',
    default: '600',
    min: 1,
    max: 1000000,
  }),
  API_KEY_PEPPER: secretKey({ about: 'Keys the hashes of API keys.' }),
  ENCRYPTION_KEYS: keyring({ about: 'Encrypt secrets and personal data at rest.' }),
  HASH_KEYS: keyring({
    about: 'Key the hashes by which customer emails are found and requests are compared.',
  }),
  PROVIDER_TIMEOUT_MS: integer({
    about: 'How long a payment provider may take to answer.',
    default: '20000',
    min: 100,
    max: 120000,
  }),
  PROVIDER_MAX_ATTEMPTS: integer({
    about: 'How many accounts a payment is tried at that no provider was named for.',
    default: '3',
    min: 1,
    max: 10,
  }),
  IDEMPOTENCY_LEASE_MS: integer({
    about: 'After how long a retry takes over from a request that died. Above DRAIN_TIMEOUT_MS.',
    default: '45000',
    min: 100,
    max: 600000,
  }),
  WORKER_POLL_MS: integer({
    about: 'How often the worker looks for work.',
    default: '1000',
    min: 10,
    max: 60000,
  }),
  WEBHOOK_TIMEOUT_MS: integer({
    about: 'How long sending one webhook to a partner may take, its whole answer included.',
    default: '10000',
    min: 100,
    max: 60000,
  }),
  WEBHOOK_ALLOW_PRIVATE_ADDRESSES: flag({
    about: 'Lets webhooks go to http:// and to private addresses; never in `production`.',
    default: 'false',
  }),
  ...monitoringSettings,
  ...tracingSettings,
  INVARIANTS_EVERY_MS: integer({
    about: 'How often the worker checks what must always hold; 0 for never.',
    default: '3600000',
    min: 0,
    max: 86400000,
  }),
  INVARIANTS_TIMEOUT_MS: integer({
    about: 'How long the check of one invariant may run: it reads whole tables.',
    default: '300000',
    min: 100,
    max: 3600000,
  }),
  ...processSettings,
  FAILPOINT: optional(
    parsed('<name>[:<which time>], comma-separated', parseFailpoints, {
      about:
        'Where work stops for good, and at the last of them the process dies; with ENVIRONMENT `test` only.',
    }),
  ),
} as const satisfies Record<string, Setting<unknown>>;

/** The values of all settings. */
export type Config = {
  readonly [Name in keyof typeof schema]: ReturnType<(typeof schema)[Name]['parse']>;
};

/** The token under which modules inject the configuration. */
export const CONFIG = Symbol('CONFIG');

/**
 * The configuration out of the environment.
 *
 * @throws SettingError that names every setting that is missing, wrong or misspelt
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  return requireNone(readEnvironment(schema, environment));
}

/**
 * The configuration of a process that calls payment providers.
 *
 * @throws SettingError that names every mistake, those in the settings of providers too
 */
export function readProcessConfig(): Config {
  const { values, mistakes } = readEnvironment(schema, process.env);
  const { PROVIDER_TIMEOUT_MS: timeoutMs = 1, LIVEMODE: livemode } = values as Partial<Config>;
  const ofProviders = providerMistakes(providerEnvironment(), { timeoutMs, livemode });
  return requireNone({ values, mistakes: [...mistakes, ...ofProviders] });
}

/** Whether one start of the API is to run several processes, or says something else that is no 1. */
export function isConcurrent(environment: NodeJS.ProcessEnv = process.env): boolean {
  return (environment['WEB_CONCURRENCY'] || processSettings.WEB_CONCURRENCY.default) !== '1';
}

/** The environment as the payment providers read their own settings from it. */
export function providerEnvironment(): NodeJS.ProcessEnv {
  return withSecretFiles(process.env, isProviderSecret).environment;
}

function requireNone({ values, mistakes }: ReadSettings): Config {
  if (mistakes.length > 0) throw SettingError.of(mistakes);
  return Object.freeze(values) as Config;
}
