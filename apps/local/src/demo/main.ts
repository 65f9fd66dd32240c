import * as path from 'node:path';
import { readCredentials } from '../credentials.js';
import type { Credentials } from '../credentials.js';
import { readSettings } from '../settings.js';
import { messageOf, StartFailure } from '../start-failure.js';
import { Progress } from '../terminal.js';
import { DemoRun } from './demo-run.js';
import { scenarios } from './scenarios/index.js';

const notRunning = 'The system is not running: run npm start in another terminal first.';

/** Plays all scenarios against the running system; answers the exit code. */
async function playDemo(progress: Progress): Promise<number> {
  const credentials = await findRunningSystem();
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

async function findRunningSystem(): Promise<Credentials> {
  const { dataDir } = readSettings(process.env, process.cwd());
  const credentials = readCredentials(path.join(dataDir, 'credentials.json'));
  if (!credentials) throw new StartFailure(notRunning);
  try {
    const response = await fetch(`${credentials.base_url}/health/live`, {
      signal: AbortSignal.timeout(5_000),
    });
    await response.body?.cancel();
    return credentials;
  } catch {
    throw new StartFailure(notRunning);
  }
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
