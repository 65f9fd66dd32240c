import { findRunningSystem } from '../running-system.js';
import { readSettings } from '../settings.js';
import { messageOf, StartFailure } from '../start-failure.js';
import { Progress } from '../terminal.js';
import { DemoRun } from './demo-run.js';
import { scenarios } from './scenarios/index.js';

/** Plays all scenarios against the running system; answers the exit code. */
async function playDemo(progress: Progress): Promise<number> {
  const credentials = await findRunningSystem(readSettings(process.env, process.cwd()).dataDir);
  const { bold, dim, green, red } = progress.palette;
  const startedAt = performance.now();
  const demo = new DemoRun(credentials, progress);
  const outcomes: string[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    const { title, shows } = scenario;
    progress.print(`\n  ${bold(`${index + 1}. ${title}`)}\n    ${dim(shows)}\n`);
    const failedBefore = demo.failed;
    await scenario
      .play(demo)
      .catch((error: unknown) => demo.expect('it runs', messageOf(error), ''));
    const mark = demo.failed === failedBefore ? green('✓') : red('✗');
    outcomes.push(`  ${mark} ${title}`);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const total = `${demo.passed} of ${demo.passed + demo.failed} expectations met in ${seconds} s`;
  const verdict = demo.failed === 0 ? green(total) : red(total);
  progress.print(['', ...outcomes, '', `  ${bold(verdict)}`, ''].join('\n'));
  return demo.failed === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  try {
    return await playDemo(new Progress(process.stdout, process.env));
  } catch (error) {
    process.stderr.write(`${error instanceof StartFailure ? error.message : String(error)}\n`);
    return 1;
  }
}

process.exitCode = await main();
