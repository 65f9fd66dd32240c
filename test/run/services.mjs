// `npm run test:services`: tests that need more than Node. A missing package is a failure, never a skip.
import { accessSync, constants } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { run } from './commands.mjs';
import { runJest } from './jest.mjs';
import { summaryLine } from './reports.mjs';

/** The Debian packages that the tests need, each by a program of its own, as Debian has it on the PATH or elsewhere. */
const packages = {
  'redis-server': 'redis-server',
  chromium: 'chromium',
  'docker-compose': 'docker-compose',
  pgbackrest: 'pgbackrest',
  'postgresql-15': '/usr/lib/postgresql/15/bin/postgres',
};

function isInstalled(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(resolve(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function fail(message) {
  console.error(message);
  console.log(summaryLine({ passed: 0, failed: 1, skipped: 0 }));
  process.exit(1);
}

const missing = Object.keys(packages).filter((name) => !isInstalled(packages[name]));
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
