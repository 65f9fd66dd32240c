import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { SettingError } from '../settings.js';

const everyMs = 500;
const connectTimeoutMs = 2_000;
const sayEveryMs = 5_000;

/** SQLSTATEs of a server that is starting, stopping or full. */
const passing = /^(?:57|53)/;

type DatabaseSetting = 'API_DATABASE_URL' | 'OPERATIONS_DATABASE_URL' | 'WORKER_DATABASE_URL';

/**
 * Waits until PostgreSQL takes connections at each of the settings, and says so every five seconds. The password is
 * in nothing that it says.
 *
 * @throws SettingError when the server refuses a login, or has not answered in time
 */
export async function awaitDatabase(
  config: Config,
  settings: readonly DatabaseSetting[],
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  const waitMs = config.DATABASE_WAIT_MS;
  const startedAtMs = performance.now();
  let saidAtMs = Number.NEGATIVE_INFINITY;
  const waiting = [...settings];
  for (let setting = waiting[0]; setting !== undefined; setting = waiting[0]) {
    const url = config[setting];
    const name = `the database at ${new URL(url).host} (${setting})`;
    const reason = await failureToConnect(url, name);
    if (reason === undefined) {
      waiting.shift();
      continue;
    }
    const nowMs = performance.now();
    if (nowMs - startedAtMs >= waitMs) {
      const waited = `${Math.round(waitMs / 1_000)} s`;
      throw new SettingError(`${name} did not answer within ${waited}: ${reason}.`);
    }
    if (nowMs - saidAtMs >= sayEveryMs) {
      logger.warn(`waiting for ${name}: ${reason}`);
      saidAtMs = nowMs;
    }
    await sleep(everyMs);
  }
}

async function failureToConnect(url: string, name: string): Promise<string | undefined> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    const { code, severity, message } = error as Error & { code?: string; severity?: string };
    if (severity && !passing.test(code ?? '')) {
      throw new SettingError(`${name} refuses the login: ${message}.`);
    }
    return severity ? message : (code ?? message);
  } finally {
    await client.end().catch(() => undefined);
  }
}
