import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary, rootDir, run } from './commands.mjs';
import { count, readOutcomes } from './reports.mjs';

function openReportFolder() {
  const kept = process.env.TEST_REPORTS_DIR;
  if (!kept) return { folder: mkdtempSync(join(tmpdir(), 'test-report-')), temporary: true };
  mkdirSync(kept, { recursive: true });
  return { folder: kept, temporary: false };
}

/**
 * Runs jest on some of the projects of test/jest.config.mjs.
 *
 * @param name names the report, which is kept when TEST_REPORTS_DIR says where
 * @param args what else jest is told, as in a path
 * @returns the counts of its report: a crash of jest counts as a failure; and its output
 */
export async function runJest(name, projects, { args = [], env = {}, inherit = true } = {}) {
  const { folder, temporary } = openReportFolder();
  const reportFile = join(folder, `${name}.json`);
  rmSync(reportFile, { force: true });
  const options = ['--json', '--outputFile', reportFile, '--selectProjects', ...projects];
  const { exitCode, output } = await run(
    binary('jest'),
    ['-c', `${rootDir}test/jest.config.mjs`, ...args, ...options],
    { env: { ...env, NODE_ENV: 'test' }, inherit },
  );
  const found = existsSync(reportFile) ? readOutcomes([reportFile]) : new Map();
  if (temporary) rmSync(folder, { recursive: true, force: true });
  const counts = count(found);
  const ranWell = exitCode === 0 && counts.passed > 0;
  if (!ranWell && counts.failed === 0) counts.failed = 1;
  return { counts, output };
}
