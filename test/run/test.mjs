// `npm test`, and `npm run test:full` with `full` as the first word: all that needs nothing but Node. A whole run takes
// Redis and a browser with it where they are installed, and ends with `aftermath`: what is true of all that the tests
// left behind together. What follows goes to jest, as in `npm test -- test/e2e/refunds.spec.ts`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './commands.mjs';
import { missingOf } from './debian-packages.mjs';
import { runJest } from './jest.mjs';
import { summaryLine } from './reports.mjs';

const projects = ['unit', 'architecture', 'contract', 'schema', 'e2e'];
const [first, ...rest] = process.argv.slice(2);
const isFull = first === 'full';
const args = isFull ? rest : process.argv.slice(2);
const isWhole = args.length === 0;
if (isWhole) {
  const missing = missingOf(['redis-server', 'chromium']);
  if (missing.length === 0) projects.push('installed');
  else console.log(`Not run: what needs ${missing.join(' and ')}, as not installed.`);
}

const build = await run('npm', ['run', '--silent', 'build']);
if (build.exitCode !== 0) {
  console.error(`The build failed.\n${build.output.trim()}`);
  console.log(summaryLine({ passed: 0, failed: 1, skipped: 0 }));
  process.exit(1);
}

const leftovers = mkdtempSync(join(tmpdir(), 'test-leftovers-'));
const env = { TEST_LEFTOVERS_DIR: leftovers, ...(isFull && { TEST_SIZES: 'full' }) };
const name = isFull ? 'full' : 'test';
const { counts } = await runJest(name, projects, { args, env });
if (isWhole) {
  const after = await runJest(`${name}-aftermath`, ['aftermath'], { env });
  counts.passed += after.counts.passed;
  counts.failed += after.counts.failed;
}
rmSync(leftovers, { recursive: true, force: true });
console.log(summaryLine(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;
