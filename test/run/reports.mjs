// The one line that a test command ends with, summed from jest's own JSON reports. A test that several
// runs ran counts once, and as failed if any of them saw it fail.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const outcomes = { passed: 'passed', failed: 'failed', pending: 'skipped', todo: 'skipped' };
const weight = { skipped: 0, passed: 1, failed: 2 };

function suiteOutcomes(suite) {
  const file = relative(process.cwd(), suite.name);
  const tests = suite.assertionResults.map((test) => [
    `${file} > ${test.fullName}`,
    outcomes[test.status] ?? 'skipped',
  ]);
  const brokeOutsideOfTests =
    suite.status === 'failed' && !tests.some(([, outcome]) => outcome === 'failed');
  return brokeOutsideOfTests ? [...tests, [`${file} (did not run)`, 'failed']] : tests;
}

/** The outcome of every test by its name, out of some report files. */
export function readOutcomes(reportFiles) {
  const found = new Map();
  for (const reportFile of reportFiles) {
    const report = JSON.parse(readFileSync(reportFile, 'utf8'));
    for (const [name, outcome] of report.testResults.flatMap(suiteOutcomes)) {
      const known = found.get(name) ?? 'skipped';
      found.set(name, weight[outcome] > weight[known] ? outcome : known);
    }
  }
  return found;
}

/** Counts of outcomes; `brokenCommands` are commands that failed without a test of theirs failing. */
export function count(found, brokenCommands = 0) {
  const counts = { passed: 0, failed: brokenCommands, skipped: 0 };
  for (const outcome of found.values()) counts[outcome] += 1;
  return counts;
}

/** `12 passed, 0 failed`, and `, 3 skipped` only if there are any. */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
