const longestReadMs = 2_000;

/**
 * Makes a read cheap however often it is asked for: one at a time, at most once in this time, and nobody waits for it
 * longer than two seconds. What goes wrong is `undefined`, which is kept as long.
 */
export function rarely<T>(read: () => Promise<T>, everyMs: number): () => Promise<T | undefined> {
  let newest: Promise<T | undefined> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let isReading = false;
  return () => {
    if (!newest || (!isReading && performance.now() - readAtMs >= everyMs)) {
      readAtMs = performance.now();
      isReading = true;
      newest = read()
        .catch(() => undefined)
        .finally(() => (isReading = false));
    }
    return inTime(newest);
  };
}

async function inTime<T>(reading: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, longestReadMs, undefined);
  });
  return Promise.race([reading, timeout]).finally(() => clearTimeout(timer));
}
