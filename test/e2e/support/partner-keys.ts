import pg from 'pg';
import { call } from '../../support/http.js';
import type { TestSystem } from '../../support/system.js';

const limitMs = 1_000;

export async function statusWith(
  system: TestSystem,
  key: string,
  baseUrl = system.baseUrl,
): Promise<number> {
  const target = { baseUrl, credentials: system.credentials };
  return (await call(target, 'GET', '/v1/currencies', { key })).status;
}

/** What every process answers to a key, at once. */
export function statusesWith(system: TestSystem, key: string): Promise<number[]> {
  return Promise.all(system.apiUrls.map((url) => statusWith(system, key, url)));
}

/**
 * Ends a key, and answers when each process last let it in: in milliseconds of the database's clock
 * after the end was committed. One that was begun later than a second after that is the last.
 */
export async function endOf(
  system: TestSystem,
  key: string,
  end: () => Promise<unknown>,
): Promise<number[]> {
  await end();
  const endedAtMs = await withClock(system, (now) => now());
  const lastOf = (url: string) =>
    withClock(system, async (now) => {
      let lastLetInMs = 0;
      for (let askedAtMs = endedAtMs; lastLetInMs <= limitMs; askedAtMs = await now()) {
        if ((await statusWith(system, key, url)) === 401) break;
        lastLetInMs = askedAtMs - endedAtMs;
      }
      return lastLetInMs;
    });
  return Promise.all(system.apiUrls.map(lastOf));
}

async function withClock<T>(
  system: TestSystem,
  work: (now: () => Promise<number>) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: system.database.admin });
  await client.connect();
  const text = 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms';
  try {
    return await work(async () => (await client.query<{ ms: number }>(text)).rows[0]?.ms ?? NaN);
  } finally {
    await client.end();
  }
}
