import { startSandbox } from './sandbox.js';
import { readSettings } from './settings.js';

async function main(): Promise<void> {
  const sandbox = await startSandbox(readSettings(process.env));
  const stop = (): void => void sandbox.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
  process.stdout.write(
    `${JSON.stringify({ level: 'info', msg: 'sandbox ready', url: sandbox.url })}\n`,
  );
  process.send?.({ type: 'ready', url: sandbox.url });
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`The sandbox could not start: ${reason}\n`);
  process.exit(1);
});
