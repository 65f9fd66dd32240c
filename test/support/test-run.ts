import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Credentials } from '../../apps/local/src/credentials.js';
import type { LocalSecrets } from '../../apps/local/src/secrets.js';

/** What the global setup leaves for the test files: one database server and one migrated template. */
export interface TestRun {
  /** A temporary directory with the server's data and the logs of all processes. */
  directory: string;
  /** URL of a superuser, naming the template database. */
  templateUrl: string;
  secrets: LocalSecrets;
  /** Keys that work in every copy of the template; its URLs belong to no system. */
  credentials: Credentials;
  /** Where PgBouncer listens, when the processes of the systems reach their database by way of it. */
  poolerPort?: number | undefined;
}

export const rootDir = fileURLToPath(new URL('../..', import.meta.url));

/** Where the run is written down, for its test files and for a run that one of them starts. */
export const runFileVariable = 'TEST_RUN_FILE';

export function saveTestRun(run: TestRun): void {
  const file = path.join(run.directory, 'run.json');
  fs.writeFileSync(file, JSON.stringify(run), { mode: 0o600 });
  process.env[runFileVariable] = file;
}

/** Undefined in a jest project without the global setup. */
export function findTestRun(): TestRun | undefined {
  const file = process.env[runFileVariable];
  return file ? (JSON.parse(fs.readFileSync(file, 'utf8')) as TestRun) : undefined;
}

export function currentTestRun(): TestRun {
  const run = findTestRun();
  if (run) return run;
  throw new Error('This suite needs the global setup: it belongs into test/e2e.');
}
