const repeatAfterMs = 1_000;
const parentPollMs = 250;

export interface StopSignals {
  /** Aborted at the first request to stop. */
  signal: AbortSignal;
  requested: Promise<void>;
  dispose(): void;
}

/**
 * Listens for Ctrl-C, SIGTERM, a closed terminal, and the end of the `npm` that started us: npm's shell
 * dies of a SIGTERM without passing it on. A second signal calls `force`, once a second has passed,
 * since after one Ctrl-C the terminal and npm each send their own.
 */
export function listenForStop(force: () => void): StopSignals {
  const controller = new AbortController();
  const requested = new Promise<void>((resolve) =>
    controller.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  let firstAt: number | undefined;
  const stop = () => {
    firstAt ??= Date.now();
    if (Date.now() - firstAt >= repeatAfterMs) force();
    controller.abort(new Error('A stop was requested.'));
  };
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const name of signals) process.on(name, stop);

  const parent = process.ppid;
  const watch = process.env.npm_lifecycle_event
    ? setInterval(() => {
        if (process.ppid === parent) return;
        clearInterval(watch);
        controller.abort(new Error('The parent process ended.'));
      }, parentPollMs)
    : undefined;
  watch?.unref();

  const dispose = () => {
    clearInterval(watch);
    for (const name of signals) process.off(name, stop);
  };
  return { signal: controller.signal, requested, dispose };
}
