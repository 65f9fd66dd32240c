import * as path from 'node:path';
import { StartFailure } from './start-failure.js';

/** What a developer can set in the environment of `npm start`, `npm run demo` and `npm run reset`. */
export interface LocalSettings {
  port: number;
  sandboxPort: number;
  dataDir: string;
  redisUrl: string | undefined;
  /** Undefined: the embedded server is started. */
  databaseUrl: string | undefined;
  loginUrls: LoginUrls;
  /** Settings of the api and worker that are handed on as they are. */
  handedOn: Record<string, string>;
}

/** URLs of the three logins that the processes use; those left out are made from the database's URL. */
export interface LoginUrls {
  api: string | undefined;
  worker: string | undefined;
  operations: string | undefined;
}

const handedOnNames = [
  ...['PATH', 'HOME', 'LANG', 'TZ', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'],
  ...['LOG_LEVEL', 'POOL_MAX', 'PROVIDER_TIMEOUT_MS'],
];

type Environment = Record<string, string | undefined>;

export function readSettings(env: Environment, workingDir: string): LocalSettings {
  const port = readPort(env, 'PORT', 3000);
  const sandboxPort = readPort(env, 'SANDBOX_PORT', 3100);
  if (port !== 0 && port === sandboxPort) {
    throw new StartFailure(`PORT and SANDBOX_PORT are both ${port}: choose two different ports.`);
  }
  return {
    port,
    sandboxPort,
    dataDir: path.resolve(workingDir, env.LOCAL_DATA_DIR || '.local'),
    redisUrl: readUrl(env, 'REDIS_URL', ['redis:', 'rediss:'], 'redis://127.0.0.1:6379'),
    databaseUrl: readDatabaseUrl(env, 'DATABASE_URL'),
    loginUrls: {
      api: readDatabaseUrl(env, 'API_DATABASE_URL'),
      worker: readDatabaseUrl(env, 'WORKER_DATABASE_URL'),
      operations: readDatabaseUrl(env, 'OPERATIONS_DATABASE_URL'),
    },
    handedOn: pick(env, handedOnNames),
  };
}

function readPort(env: Environment, name: string, fallback: number): number {
  const text = env[name];
  if (!text) return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new StartFailure(`${name} must be a number from 0 to 65535 and is "${text}".`);
}

function readDatabaseUrl(env: Environment, name: string): string | undefined {
  const example = 'postgres://user:password@127.0.0.1:5432/payments';
  return readUrl(env, name, ['postgres:', 'postgresql:'], example);
}

/** The message leaves the value out, since it may hold a password. */
function readUrl(env: Environment, name: string, protocols: string[], example: string) {
  const text = env[name];
  if (!text) return undefined;
  if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text;
  throw new StartFailure(`${name} is not a URL of the form ${example}.`);
}

function pick(env: Environment, names: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = env[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
