import * as fs from 'node:fs';
import * as path from 'node:path';
import pg from 'pg';
import { choosePort, isTaken } from '../ports.js';
import type { Account } from '../postgres-binaries.js';
import { Program } from './program.js';
import { fillTemplate } from './template.js';

export interface PgbouncerOptions {
  /** The files of deploy/ha/pgbouncer. */
  deployDir: string;
  /** A directory that the account may enter. */
  directory: string;
  account: Account | undefined;
  /** The server's superuser: only asked for what the logins are known by. */
  superuserUrl: string;
  /** Connections for each login and database. */
  poolSize: number;
}

export interface Pgbouncer {
  port: number;
  stop(): Promise<void>;
}

const startTimeoutMs = 10_000;

/** Starts PgBouncer, as deploy/ha has it, before every database of one server. */
export async function startPgbouncer(options: PgbouncerOptions): Promise<Pgbouncer> {
  const { deployDir, directory, account, poolSize } = options;
  const port = await choosePort();
  const server = new URL(options.superuserUrl);
  const userFile = path.join(directory, 'userlist.txt');
  const configFile = path.join(directory, 'pgbouncer.ini');
  const config = fillTemplate(path.join(deployDir, 'pgbouncer.ini'), {
    'payments = host=127.0.0.1 port=5000': `* = host=${server.hostname} port=${server.port}`,
    '/etc/pgbouncer/userlist.txt': userFile,
    'listen_port = 6432': `listen_port = ${port}`,
    'default_pool_size = 30': `default_pool_size = ${poolSize}`,
  });
  const logins = await readLogins(options.superuserUrl, path.join(deployDir, 'userlist.sql'));
  for (const [file, text] of [[userFile, logins] as const, [configFile, config] as const]) {
    fs.writeFileSync(file, text, { mode: 0o600 });
    if (account) fs.chownSync(file, account.uid, account.gid);
  }
  const logFile = path.join(directory, 'pgbouncer.log');
  const program = Program.launch({ command: 'pgbouncer', args: [configFile], account, logFile });
  try {
    await program.ready(() => isTaken(port), startTimeoutMs);
  } catch (error) {
    await program.stop('SIGKILL');
    throw error;
  }
  return { port, stop: () => program.stop('SIGTERM') };
}

async function readLogins(superuserUrl: string, file: string): Promise<string> {
  const client = new pg.Client({ connectionString: superuserUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ format: string }>(fs.readFileSync(file, 'utf8'));
    return rows.map(({ format }) => `${format}\n`).join('');
  } finally {
    await client.end();
  }
}
