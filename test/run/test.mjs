// `npm test`, and `npm run test:full` with `full` as the first word: all that needs nothing but Node.
// What follows goes to jest, as in `npm test -- test/e2e/refunds.spec.ts`.
import { run } from './commands.mjs';
import { runJest } from './jest.mjs';
import { summaryLine } from './reports.mjs';

const projects = ['unit', 'architecture', 'contract', 'schema', 'e2e'];
const [first, ...rest] = process.argv.slice(2);
const isFull = first === 'full';
const args = isFull ? rest : process.argv.slice(2);
const env = isFull ? { TEST_SIZES: 'full' } : {};

const build = await run('npm', ['run', '--silent', 'build']);
if (build.exitCode !== 0) {
  console.error(`The build failed.\n${build.output.trim()}`);
  console.log(summaryLine({ passed: 0, failed: 1, skipped: 0 }));
  process.exit(1);
}

const { counts } = await runJest(isFull ? 'full' : 'test', projects, { args, env });
console.log(summaryLine(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;
