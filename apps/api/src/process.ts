import cluster from 'node:cluster';
import { redact } from './platform/redaction.js';

/** A process that is up. */
interface Running {
  url?: string | undefined;
  stopWithinMs: number;
  stop(): Promise<void>;
}

/** What a process tells the one that started it. */
export type Report = { type: 'ready'; url?: string } | { type: 'failed'; reason: string };

/** A terminal and `npm` in it each send their own signal after one Ctrl-C. */
const sameRequestMs = 1_000;

/**
 * Runs one process from its start to its end: tells its parent when it is ready, stops on SIGTERM,
 * on SIGINT and when its parent is gone, and says in one sentence why it could not start. A second
 * signal ends it at once.
 */
export async function runProcess(name: string, start: () => Promise<Running>): Promise<void> {
  let running: Running;
  try {
    running = await start();
  } catch (error) {
    await fail(name, messageOf(error));
    return;
  }
  const end = (complaint?: string) => {
    if (complaint) process.stderr.write(`The ${name} ${complaint}\n`);
    process.exit(complaint ? 1 : 0);
  };
  let stoppingSinceMs: number | undefined;
  const stop = () => {
    if (stoppingSinceMs !== undefined) return;
    stoppingSinceMs = performance.now();
    const { stopWithinMs } = running;
    const cut = () => end(`did not stop within ${stopWithinMs} ms: what it still did is cut off`);
    setTimeout(cut, stopWithinMs).unref();
    running.stop().then(
      () => end(),
      (error: unknown) => end(`did not stop cleanly: ${messageOf(error)}`),
    );
  };
  const onSignal = () => {
    const isSecond =
      stoppingSinceMs !== undefined && performance.now() - stoppingSinceMs > sameRequestMs;
    if (isSecond) end('was told twice to stop: what it still did is cut off');
    stop();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal).once('disconnect', stop);
  process.send?.({ type: 'ready', url: running.url });
}

/** One of several processes leaves it to the one that started them to say why. */
async function fail(name: string, reason: string): Promise<void> {
  if (cluster.isWorker)
    await new Promise((sent) => process.send?.({ type: 'failed', reason }, sent));
  else process.stderr.write(`The ${name} can't start: ${reason}\n`);
  process.exit(1);
}

function messageOf(error: unknown): string {
  return redact(error instanceof Error ? error.message : String(error));
}
