import { setTimeout as sleep } from 'node:timers/promises';

/** Makes payments, so many a second whether or not those before are answered. */
export function payAtRate(paymentsASecond: number, pay: (index: number) => Promise<unknown>) {
  const pending: Promise<unknown>[] = [];
  const startedAt = performance.now();
  const over = new AbortController();
  const paying = (async () => {
    while (!over.signal.aborted) {
      pending.push(pay(pending.length));
      const nextAt = startedAt + (pending.length * 1_000) / paymentsASecond;
      await sleep(Math.max(0, nextAt - performance.now()));
    }
  })();
  return {
    async stop() {
      over.abort();
      await paying;
      const seconds = (performance.now() - startedAt) / 1_000;
      await Promise.all(pending);
      return { made: pending.length, seconds };
    },
  };
}
