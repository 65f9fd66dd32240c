// `npm run test:services`: tests that need more than Node. A missing package is a failure, never a skip.
import { run } from './commands.mjs';
import { debianPackages, missingOf } from './debian-packages.mjs';
import { runJest } from './jest.mjs';
import { summaryLine } from './reports.mjs';

function fail(message) {
  console.error(message);
  console.log(summaryLine({ passed: 0, failed: 1, skipped: 0 }));
  process.exit(1);
}

const missing = missingOf(debianPackages);
if (process.argv.includes('--packages')) {
  console.log(missing.join(' '));
  process.exit(0);
}
if (missing.length > 0) {
  fail(`Debian packages are missing. Install them: apt-get install ${missing.join(' ')}`);
}
const build = await run('npm', ['run', '--silent', 'build']);
if (build.exitCode !== 0) fail(`The build failed.\n${build.output.trim()}`);

const { counts } = await runJest('services', ['services'], { args: process.argv.slice(2) });
console.log(summaryLine(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;
