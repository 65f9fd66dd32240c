// `npm run check`: the one gate. Each step prints one line with its time; the first failure ends it.
import { readCommandLine } from '../../apps/local/commands.mjs';
import { binary, run } from './commands.mjs';
import { runJest } from './jest.mjs';
import { summaryLine } from './reports.mjs';

readCommandLine('check');

const rooms = ['apps', 'libs', 'migrations', 'test'];
const format = ['--check', '--log-level', 'warn', '--cache', '.'];
const lint = ['--type-aware', '--deny-warnings', '--disable-nested-config'];
const boundaries = ['--config', '.dependency-cruiser.mjs', ...rooms];

async function runTests() {
  const { counts, output } = await runJest('check', ['unit', 'architecture'], { inherit: false });
  return { exitCode: counts.failed > 0 ? 1 : 0, output, summary: summaryLine(counts) };
}

const steps = [
  ['format', () => run(binary('prettier'), format)],
  ['lint', () => run(binary('oxlint'), lint)],
  ['types', () => run(binary('tsc'), ['--noEmit'])],
  ['boundaries', () => run(binary('depcruise'), boundaries)],
  ['dead code', () => run(binary('knip'), ['--no-progress'])],
  ['unit and architecture tests', runTests],
];

function printLine(name, startedAt, word) {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${word} ${name} (${seconds} s)`);
}

for (const [name, step] of steps) {
  const startedAt = performance.now();
  const { exitCode, output, summary } = await step();
  printLine(name, startedAt, exitCode === 0 ? 'ok    ' : 'failed');
  if (exitCode !== 0) console.error(`\n${output.trim()}\n`);
  if (summary) console.log(summary);
  if (exitCode !== 0) process.exit(1);
}
