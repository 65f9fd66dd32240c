import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { databaseUrls } from '../../apps/local/src/database.js';
import type { Credentials } from '../../apps/local/src/credentials.js';
import { generateSecrets } from '../../apps/local/src/secrets.js';
import type { LocalSecrets } from '../../apps/local/src/secrets.js';
import { migrate } from '../../migrations/migrate.js';
import { copyDatabase, disconnectAll, dropDatabase, queryOnce, withDatabase } from './databases.js';
import { startFirstApi } from './first-api.js';
import { startPooler } from './pooler.js';
import { makeTestDirectory, removeLeftovers } from './test-directory.js';
import { findTestRun, rootDir, saveTestRun, type TestRun } from './test-run.js';
import { startTestServer } from './test-server.js';

const template = 'payments_template';
const noLogins = { api: undefined, worker: undefined, operations: undefined };
let stopServer: (() => Promise<void>) | undefined;
let stopPooler: (() => Promise<void>) | undefined;

/** Starts one server for the run and fills one database, which each system of the tests then copies. */
export async function globalSetup(): Promise<void> {
  refuseStaleBuild();
  const outer = findTestRun();
  if (outer) return joinRun(outer);
  removeLeftovers();
  const directory = makeTestDirectory();
  const secrets = generateSecrets();
  try {
    const templateUrl = await prepareServer(directory, secrets);
    const credentials = await fillTemplate(directory, templateUrl, secrets);
    const pooler = await startPooler(directory, templateUrl);
    stopPooler = pooler?.stop;
    const poolerPort = pooler?.port;
    saveTestRun({ directory, templateUrl, secrets, credentials, poolerPort });
  } catch (error) {
    await globalTeardown();
    throw error;
  }
}

export async function globalTeardown(): Promise<void> {
  await stopPooler?.();
  await stopServer?.();
}

/** A run that a test starts takes the server of that test's run, and migrates a copy of its database further. */
async function joinRun(outer: TestRun): Promise<void> {
  const templateUrl = await copyDatabase(outer.templateUrl);
  stopServer = () => dropDatabase(templateUrl);
  try {
    await migrate({ databaseUrl: templateUrl });
    await disconnectAll(templateUrl);
    saveTestRun({ ...outer, templateUrl, directory: makeTestDirectory() });
  } catch (error) {
    await globalTeardown();
    throw error;
  }
}

function refuseStaleBuild(): void {
  try {
    const command = path.join(rootDir, 'apps/local/build.mjs');
    execFileSync(process.execPath, [command, '--check'], { stdio: 'pipe' });
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? error).trim();
    throw new Error(said, { cause: error });
  }
}

async function prepareServer(directory: string, secrets: LocalSecrets): Promise<string> {
  const external = process.env.TEST_DATABASE_URL;
  if (!external) {
    const server = await startTestServer(directory, template, secrets.superuser_password);
    stopServer = server.stop;
    return server.url;
  }
  const templateUrl = withDatabase(external, template);
  await dropDatabase(templateUrl);
  await queryOnce(withDatabase(external, 'postgres'), `CREATE DATABASE ${template}`);
  return templateUrl;
}

/** Migrates an empty database and makes the partners that every copy of it has. */
export async function fillTemplate(
  directory: string,
  templateUrl: string,
  secrets: LocalSecrets,
): Promise<Credentials> {
  const databases = databaseUrls(templateUrl, noLogins, secrets);
  const logins = [databases.api, databases.worker, databases.operations];
  await migrate({ databaseUrl: templateUrl, logins });
  const { api, credentials } = await startFirstApi(directory, databases, secrets);
  await api.stop(10_000);
  await disconnectAll(templateUrl);
  return credentials;
}
