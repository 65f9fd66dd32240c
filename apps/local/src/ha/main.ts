import * as path from 'node:path';
import { readSettings } from '../settings.js';
import { messageOf, StartFailure } from '../start-failure.js';
import { listenForStop } from '../stop-signals.js';
import { Progress } from '../terminal.js';
import { readHaOptions, usage } from './ha-options.js';
import { runHaTest } from './ha-test.js';

const distDir = path.resolve(import.meta.dirname, '../../../..');
const progress = new Progress(process.stdout, process.env);

async function main(args: string[]): Promise<number> {
  if (args.includes('--help')) return say(usage);
  const options = readHaOptions(args);
  const { signal } = listenForStop(() => say('  It is ending what it started.'));
  const { dataDir } = readSettings(process.env, process.cwd());
  const places = { distDir, reportDir: path.join(dataDir, 'ha') };
  const { report, file } = await runHaTest(options, places, progress, signal).catch(
    (error: unknown) => {
      throw signal.aborted ? new StartFailure('The test was interrupted.') : error;
    },
  );
  const { green, red } = progress.palette;
  for (const { name, passed, says } of report.findings) {
    say(`  ${passed ? green('✓') : red('✗')} ${name.padEnd(14)} ${says}`);
  }
  const verdict = report.passed ? 'The failover can be relied on.' : 'The failover FAILED.';
  say(`${verdict} Report: ${path.relative(process.cwd(), file)}`);
  return report.passed ? 0 : 1;
}

function say(line: string): number {
  progress.print(line);
  return 0;
}

process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    const isExplained = error instanceof StartFailure || !(error instanceof Error);
    process.stderr.write(`${isExplained ? messageOf(error) : error.stack}\n`);
    return 2;
  }),
);
