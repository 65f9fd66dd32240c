import { isProviderSecret } from '@libs/providers';
import { parseFailpoints } from './failpoints.js';
import { withSecretFiles } from './secret-files.js';
import { readSetting } from './setting-reader.js';
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

const database = ['postgres:', 'postgresql:'];
const web = ['http:', 'https:'];

const ownPort = (of: string) => {
  const about = `Port ${of} on PORT, in \`production\` nowhere.`;
  return optional(integer({ about, min: 1, max: 65535 }));
};

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
  ADMIN_PORT: ownPort('of the operations API. Without one it is'),
  METRICS_PORT: ownPort('of /metrics. Without one they are'),
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
  POOL_MIN: integer({
    about: 'Connections of the whole deployment that are kept open.',
    default: '10',
    min: 0,
    max: 1000,
  }),
  POOL_MAX: integer({
    about: 'Connections that the whole deployment may open.',
    default: '100',
    min: 1,
    max: 10000,
  }),
  POOL_PROCESSES: integer({
    about: 'How many processes share POOL_MIN and POOL_MAX.',
    default: '4',
    min: 1,
    max: 1000,
  }),
  POOL_IDLE_TIMEOUT_MS: integer({
    about: 'How long an idle connection above POOL_MIN is kept.',
    default: '30000',
    min: 100,
    max: 3600000,
  }),
  POOL_MAX_LIFETIME_SECONDS: integer({
    about: 'How old a connection may become.',
    default: '3600',
    min: 1,
    max: 86400,
  }),
  POOL_ACQUIRE_TIMEOUT_MS: integer({
    about: 'How long a request waits for a connection before it is answered 503.',
    default: '3000',
    min: 100,
    max: 60000,
  }),
  STATEMENT_TIMEOUT_MS: integer({
    about: 'How long one SQL statement may run.',
    default: '10000',
    min: 100,
    max: 600000,
  }),
  LOCK_TIMEOUT_MS: integer({
    about: 'How long one SQL statement may wait for a lock.',
    default: '5000',
    min: 100,
    max: 600000,
  }),
  REDIS_URL: optional(
    url(['redis:', 'rediss:'], {
      about:
        'Redis for the caches and rate limits that processes share; without it each has its own.',
      secret: true,
    }),
  ),
  API_PROCESSES: integer({
    about:
      'How many API processes share a rate limit when Redis does not count for all of them. Each lets at least one request a minute through, so a limit below this number is exceeded.',
    default: '1',
    min: 1,
    max: 1000,
  }),
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
  DRAIN_TIMEOUT_MS: integer({
    about: 'How long a stopping process lets requests finish. Above PROVIDER_TIMEOUT_MS.',
    default: '30000',
    min: 0,
    max: 600000,
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
 * @throws SettingError that names the first setting that is missing or wrong
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const entries = Object.entries(schema).map(([name, setting]) => [
    name,
    readSetting(name, setting, environment),
  ]);
  const config = Object.freeze(Object.fromEntries(entries)) as Config;
  checkTimeouts(config);
  if (config.FAILPOINT && config.ENVIRONMENT !== 'test') {
    throw new SettingError('FAILPOINT is wrong: it needs ENVIRONMENT to be `test`.');
  }
  if (config.LIVEMODE && config.ENVIRONMENT !== 'production') {
    throw new SettingError('LIVEMODE is wrong: `true` needs ENVIRONMENT to be `production`.');
  }
  if (config.WEBHOOK_ALLOW_PRIVATE_ADDRESSES && config.ENVIRONMENT === 'production') {
    throw new SettingError('WEBHOOK_ALLOW_PRIVATE_ADDRESSES is wrong: not true in `production`.');
  }
  return config;
}

/** A retry may take a request over only when its first run can no longer be alive. */
function checkTimeouts(config: Config): void {
  const names = ['PROVIDER_TIMEOUT_MS', 'DRAIN_TIMEOUT_MS', 'IDEMPOTENCY_LEASE_MS'] as const;
  let shorter: (typeof names)[number] = names[0];
  for (const name of names.slice(1)) {
    if (config[name] <= config[shorter]) {
      throw new SettingError(`${name} is wrong: it must be above ${shorter} (${config[shorter]}).`);
    }
    shorter = name;
  }
}

/** The environment as the payment providers read their own settings from it. */
export function providerEnvironment(): NodeJS.ProcessEnv {
  return withSecretFiles(process.env, isProviderSecret);
}
