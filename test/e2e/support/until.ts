import { setTimeout as sleep } from 'node:timers/promises';

const everyMs = 50;

/** Asks again and again until the answer is good, and answers it; fails with the last one otherwise. */
export async function until<Value>(
  what: string,
  ask: () => Promise<Value>,
  isGood: (value: Value) => boolean,
  timeoutMs = 10_000,
): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await ask();
    if (isGood(value)) return value;
    if (Date.now() > deadline) {
      const last = JSON.stringify(value);
      throw new Error(`waited ${timeoutMs} ms for ${what}; the last answer was ${last}`);
    }
    await sleep(everyMs);
  }
}
