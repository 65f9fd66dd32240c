import { redact } from './platform/redaction.js';

/** A process that is up. */
interface Running {
  url?: string;
  stopWithinMs: number;
  stop(): Promise<void>;
}

/**
 * Runs one process from its start to its end: tells its parent when it is ready, stops on SIGTERM,
 * on SIGINT and when its parent is gone, and says in one sentence why it could not start.
 */
export async function runProcess(name: string, start: () => Promise<Running>): Promise<void> {
  let running: Running;
  try {
    running = await start();
  } catch (error) {
    process.stderr.write(`The ${name} can't start: ${messageOf(error)}\n`);
    process.exit(1);
  }
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), running.stopWithinMs).unref();
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`The ${name} did not stop cleanly: ${messageOf(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
  process.send?.({ type: 'ready', url: running.url });
}

function messageOf(error: unknown): string {
  return redact(error instanceof Error ? error.message : String(error));
}
