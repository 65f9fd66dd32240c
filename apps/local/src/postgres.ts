import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import pg from 'pg';
import { choosePort } from './ports.js';
import { createCluster, programOptions, superuser } from './postgres-cluster.js';
import type { PostgresPlace } from './postgres-place.js';
import { commandOf, isAlive, waitUntilGone } from './process-table.js';
import { StartFailure } from './start-failure.js';

export interface PostgresOptions {
  place: PostgresPlace;
  password: string;
  /** Made when it does not exist. */
  database: string;
  logFile: string;
  /** Taken when it is free. */
  preferredPort?: number;
  /** Settings of postgresql.conf that win over its own. */
  settings?: Record<string, string | number>;
}

export interface PostgresServer {
  /** URL of the superuser. */
  url: string;
  port: number;
  pid: number;
  /** True when a server that an earlier run left behind was taken over. */
  reused: boolean;
  /** Disconnects the clients and stops cleanly; escalates when that takes longer than 20 s. */
  stop(): Promise<void>;
  /** Stops at once; the next start recovers from the write-ahead log. */
  kill(): void;
}

const startTimeoutMs = 30_000;
const fastStopTimeoutMs = 20_000;

/** Starts the embedded server, or takes over the one that already runs on the same data. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  await createCluster(options.place, options.password);
  const running = await findRunningServer(options);
  const { pid, port } = running ?? (await launchServer(options));
  await createDatabase(options, port);
  return {
    url: urlOf(options, port, options.database),
    port,
    pid,
    reused: running !== undefined,
    stop: () => stopServer(pid),
    kill: () => sendSignal(pid, 'SIGQUIT'),
  };
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. */
async function stopServer(pid: number): Promise<void> {
  sendSignal(pid, 'SIGINT');
  if (await waitUntilGone(pid, fastStopTimeoutMs)) return;
  sendSignal(pid, 'SIGQUIT');
  if (await waitUntilGone(pid, 5_000)) return;
  sendSignal(pid, 'SIGKILL');
  await waitUntilGone(pid, 5_000);
}

async function findRunningServer(options: PostgresOptions) {
  const pidFile = path.join(options.place.dataDir, 'postmaster.pid');
  if (!fs.existsSync(pidFile)) return undefined;
  const [pidLine, , , portLine] = fs.readFileSync(pidFile, 'utf8').split('\n');
  const pid = Number(pidLine);
  const isOurs = isAlive(pid) && commandOf(pid).includes(options.place.dataDir);
  if (!isOurs) {
    // After a restart of the machine or container another process may have this id.
    fs.rmSync(pidFile, { force: true });
    return undefined;
  }
  const port = Number(portLine);
  if (await answers(options, port)) return { pid, port };
  await stopServer(pid);
  return undefined;
}

async function answers(options: PostgresOptions, port: number): Promise<boolean> {
  if (!port) return false;
  try {
    await query(options, port, 'postgres', 'SELECT 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') throw wrongPassword(options.place.dataDir);
    return false;
  }
}

async function launchServer(options: PostgresOptions): Promise<{ pid: number; port: number }> {
  const { place, logFile } = options;
  const port = await choosePort(options.preferredPort);
  const logSizeBefore = fs.existsSync(logFile) ? fs.statSync(logFile).size : 0;
  const log = fs.openSync(logFile, 'a', 0o600);
  // Its own process group: a Ctrl-C in the terminal must not stop it before the api has drained.
  const server = spawn(
    path.join(place.nativeDir, 'bin', 'postgres'),
    ['-D', place.dataDir, '-p', String(port), ...settingArguments(options.settings)],
    { ...programOptions(place), stdio: ['ignore', log, log], detached: true },
  );
  fs.closeSync(log);
  server.unref();
  await waitUntilReady(options, server, port).catch((error: unknown) => {
    server.kill('SIGQUIT');
    if (error instanceof StartFailure) throw error;
    const said = fs.readFileSync(logFile).subarray(logSizeBefore).toString().trim();
    throw new StartFailure(`PostgreSQL did not start (log: ${logFile}).\n${said.slice(-2_000)}`);
  });
  return { pid: server.pid ?? 0, port };
}

async function waitUntilReady(options: PostgresOptions, server: ChildProcess, port: number) {
  let launchError: Error | undefined;
  server.once('error', (error) => (launchError = error));
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    if (launchError) throw launchError;
    if (server.exitCode !== null || server.signalCode !== null) throw new Error('It exited.');
    try {
      return await query(options, port, 'postgres', 'SELECT 1');
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === '28P01') throw wrongPassword(options.place.dataDir);
      if (Date.now() > deadline) throw error;
    }
  }
}

async function createDatabase(options: PostgresOptions, port: number): Promise<void> {
  const found = await query(
    options,
    port,
    'postgres',
    'SELECT 1 FROM pg_database WHERE datname = $1',
    [options.database],
  );
  if (found.rowCount) return;
  const name = pg.escapeIdentifier(options.database);
  await query(options, port, 'postgres', `CREATE DATABASE ${name}`);
}

async function query(
  options: PostgresOptions,
  port: number,
  database: string,
  text: string,
  values: string[] = [],
) {
  const client = new pg.Client({
    connectionString: urlOf(options, port, database),
    connectionTimeoutMillis: 5_000,
  });
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}

function urlOf(options: PostgresOptions, port: number, database: string): string {
  const password = encodeURIComponent(options.password);
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`;
}

function settingArguments(settings: PostgresOptions['settings'] = {}): string[] {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_preload_libraries: 'pg_stat_statements',
    max_connections: 200,
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function wrongPassword(dataDir: string): StartFailure {
  return new StartFailure(
    `The database in ${dataDir} does not accept the password in secrets.json: restore that file, or run npm run reset to start afresh.`,
  );
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
