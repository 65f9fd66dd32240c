import * as path from 'node:path';
import { readSettings } from '../settings.js';
import { messageOf, StartFailure } from '../start-failure.js';
import { listenForStop } from '../stop-signals.js';
import { makePalette } from '../terminal.js';
import { runBackupDrill } from './backup-drill.js';
import type { Check } from './checks.js';
import { readDrillOptions } from './drill-options.js';

const distDir = path.resolve(import.meta.dirname, '../../../..');
const palette = makePalette(process.stdout, process.env);

async function main(args: string[]): Promise<number> {
  const stopping = listenForStop(() => process.exit(130));
  const { dataDir, databaseUrl } = readSettings(process.env, process.cwd());
  const places = { distDir, databaseUrl, reportDir: path.join(dataDir, 'backup') };
  const { signal } = stopping;
  const options = readDrillOptions(args);
  const { report, file } = await runBackupDrill(options, places, { tell, signal }).catch(
    (error: unknown) => {
      throw signal.aborted ? new StartFailure('The drill was interrupted.') : error;
    },
  );
  const verdict = report.passed ? 'The backups can be relied on.' : 'The drill FAILED.';
  say(`${verdict} Report: ${path.relative(process.cwd(), file)}`);
  return report.passed ? 0 : 1;
}

function tell({ name, passed, says, seconds }: Check): void {
  const mark = passed ? palette.green('✓') : palette.red('✗');
  say(`  ${mark} ${name.padEnd(12)} ${palette.dim(`${seconds} s`.padStart(7))}  ${says}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    const isExplained = error instanceof StartFailure || !(error instanceof Error);
    process.stderr.write(`${isExplained ? messageOf(error) : error.stack}\n`);
    return 2;
  }),
);
