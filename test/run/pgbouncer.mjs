// `npm run test:pgbouncer`: the end-to-end tests, with PgBouncer between the application and its database. What follows
// goes to jest, as in `npm run test:pgbouncer -- test/e2e/refunds.spec.ts`.
import { run } from './commands.mjs';
import { missingOf } from './debian-packages.mjs';
import { runJest } from './jest.mjs';
import { summaryLine } from './reports.mjs';

function fail(message) {
  console.error(message);
  console.log(summaryLine({ passed: 0, failed: 1, skipped: 0 }));
  process.exit(1);
}

const missing = missingOf(['pgbouncer']);
if (missing.length > 0) {
  fail(`Debian packages are missing. Install them: apt-get install ${missing.join(' ')}`);
}
const build = await run('npm', ['run', '--silent', 'build']);
if (build.exitCode !== 0) fail(`The build failed.\n${build.output.trim()}`);

const { counts } = await runJest('pgbouncer', ['e2e'], {
  args: process.argv.slice(2),
  env: { TEST_PGBOUNCER: '1' },
});
console.log(summaryLine(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;
