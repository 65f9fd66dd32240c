import { parseArgs } from 'node:util';
import { findRunningSystem } from '../running-system.js';
import type { Credentials } from '../credentials.js';
import { readSettings } from '../settings.js';
import { messageOf, StartFailure } from '../start-failure.js';
import { Progress } from '../terminal.js';
import { DemoRun } from './demo-run.js';
import { Ledger } from './ledger.js';
import { differenceOf, ledgerLines } from './ledger-comparison.js';
import type { Chapter } from './scenario.js';
import { chapters } from './scenarios/index.js';
import { Transcript } from './transcript.js';

/** Plays the chapters against the running system; answers the exit code. */
async function playDemo(progress: Progress): Promise<number> {
  const chosen = chosenChapters();
  const credentials = await findRunningSystem(readSettings(process.env, process.cwd()).dataDir);
  const { bold, dim } = progress.palette;
  const startedAt = performance.now();
  const ledger = new Ledger(credentials.sandbox_url);
  const plays = chosen.map((chapter) => play(chapter, credentials, ledger, progress));
  for (const { chapter, transcript, ended } of plays) {
    progress.print(`\n  ${bold(chapter.title)}  ${dim(chapter.shows)}`);
    await transcript.show(chapter.title, ended);
  }
  const runs = await Promise.all(plays.map(({ ended }) => ended));
  const isLedgerRight = await compareLedger(ledger, progress);
  const failed = runs.reduce((sum, run) => sum + run.failed, 0);
  const passed = runs.reduce((sum, run) => sum + run.passed, 0);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const { green, red } = progress.palette;
  const isGood = failed === 0 && isLedgerRight;
  const total = `${passed} of ${passed + failed} expectations met in ${seconds} s`;
  progress.print(`\n  ${bold((isGood ? green : red)(total))}\n`);
  return isGood ? 0 : 1;
}

function chosenChapters(): Chapter[] {
  const { values } = parseArgs({ options: { provider: { type: 'string' } } });
  if (values.provider === undefined) return chapters;
  const chosen = chapters.filter(({ provider }) => provider === values.provider);
  if (chosen.length > 0) return chosen;
  const known = chapters.map(({ provider }) => provider).join(', ');
  throw new StartFailure(`--provider ${values.provider} is not one of: ${known}.`);
}

function play(chapter: Chapter, credentials: Credentials, ledger: Ledger, progress: Progress) {
  const transcript = new Transcript(progress);
  const demo = new DemoRun(credentials, ledger, transcript);
  const playAll = async () => {
    for (const scenario of chapter.scenarios) await scenario.play(demo);
    return demo;
  };
  return { chapter, transcript, ended: playAll() };
}

/** The sandbox knows what was charged, whatever the api says. */
async function compareLedger(ledger: Ledger, progress: Progress): Promise<boolean> {
  const { bold, dim, green, red } = progress.palette;
  const payments = await ledger.compare();
  const differences = payments.flatMap((payment) => differenceOf(payment) ?? []);
  progress.print(
    `\n  ${bold("The providers' ledger")}  ${dim('what the sandbox charged, and every sum of it compared')}`,
  );
  const mark = differences.length === 0 ? green('✓') : ' ';
  for (const line of ledgerLines(payments)) progress.print(`    ${mark} ${line}`);
  for (const difference of differences) progress.print(`    ${red('✗')} ${difference}`);
  return differences.length === 0;
}

async function main(): Promise<number> {
  try {
    return await playDemo(new Progress(process.stdout, process.env));
  } catch (error) {
    process.stderr.write(`${error instanceof StartFailure ? error.message : messageOf(error)}\n`);
    return 1;
  }
}

process.exitCode = await main();
