import * as path from 'node:path';
import { LocalSystem } from './local-system.js';
import type { Death } from './local-system.js';
import { describeExit, ProcessFailure } from './processes.js';
import { readSettings } from './settings.js';
import { messageOf, StartFailure } from './start-failure.js';
import { listenForStop } from './stop-signals.js';
import { summaryLines } from './summary.js';
import { Progress } from './terminal.js';

const distDir = path.resolve(import.meta.dirname, '../../..');

/** Runs the whole system until it is asked to stop; answers the exit code. */
export async function runLocalSystem(): Promise<number> {
  // A reader that goes away, as in `npm start | head`, must not take the launcher with it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const progress = new Progress(process.stdout, process.env);
  let system: LocalSystem | undefined;
  const stopping = listenForStop(() => {
    system?.kill();
    process.exit(130);
  });
  try {
    const settings = readSettings(process.env, process.cwd());
    system = new LocalSystem(settings, distDir, progress, stopping.signal);
    const credentials = await system.start();
    const summary = summaryLines(
      {
        credentials,
        dataDir: path.relative(process.cwd(), settings.dataDir) || settings.dataDir,
        idempotencyKey: `order-${Date.now().toString(36)}`,
        isDatabaseEmbedded: !settings.databaseUrl,
        readyAfterMs: process.uptime() * 1000,
      },
      progress.palette,
    );
    progress.print(summary.join('\n'));
    const death = await Promise.race([system.firstDeath(), stopping.requested]);
    if (death) throw new StartFailure(describeDeath(death));
  } catch (error) {
    if (!stopping.signal.aborted) return await fail(error, system, progress);
  }
  await progress.run('Stopped', async () => system?.stop());
  return 0;
}

async function fail(error: unknown, system: LocalSystem | undefined, progress: Progress) {
  const { red } = progress.palette;
  await system?.stop();
  const isExplained = error instanceof StartFailure || error instanceof ProcessFailure;
  const text = isExplained || !(error instanceof Error) ? messageOf(error) : error.stack;
  process.stderr.write(`\n  ${red('✗')} ${text}\n\n`);
  return 1;
}

function describeDeath({ name, exit, stderrTail }: Death): string {
  const said = stderrTail ? `:\n${stderrTail}` : ` and said nothing; its log has more.`;
  return `The ${name} ${describeExit(exit)}${said}`;
}

process.exit(await runLocalSystem());
