import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { SettingError } from '../settings.js';

const everyMs = 500;
const connectTimeoutMs = 2_000;
const sayEveryMs = 5_000;

/** SQLSTATEs of a server that is starting, stopping or full. */
const passing = /^(?:57|53)/;

/**
 * Waits until PostgreSQL takes connections, and says so every five seconds. The password is in nothing that it says.
 *
 * @throws SettingError when the server refuses the login, or has not answered in time
 */
export async function awaitDatabase(
  url: string,
  waitMs: number,
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  const { host } = new URL(url);
  const startedAtMs = performance.now();
  let saidAtMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    const reason = await failureToConnect(url, host);
    if (reason === undefined) return;
    const nowMs = performance.now();
    if (nowMs - startedAtMs >= waitMs) {
      const waited = `${Math.round(waitMs / 1_000)} s`;
      throw new SettingError(`the database at ${host} did not answer within ${waited}: ${reason}.`);
    }
    if (nowMs - saidAtMs >= sayEveryMs) {
      logger.warn(`waiting for the database at ${host}: ${reason}`);
      saidAtMs = nowMs;
    }
    await sleep(everyMs);
  }
}

async function failureToConnect(url: string, host: string): Promise<string | undefined> {
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
      throw new SettingError(`the database at ${host} refuses the login: ${message}.`);
    }
    return severity ? message : (code ?? message);
  } finally {
    await client.end().catch(() => undefined);
  }
}
