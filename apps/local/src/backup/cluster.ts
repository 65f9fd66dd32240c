import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import pg from 'pg';
import { type Exit, finished } from '../processes.js';
import type { Programs } from './programs.js';

export const superuser = 'postgres';

/** A server that listens on a socket in a directory of its own alone, and lets in whoever reaches it. */
export class Cluster {
  private constructor(
    private readonly server: ChildProcess,
    private readonly exited: Promise<Exit>,
    private readonly place: ClusterPlace,
    private readonly signal: AbortSignal | undefined,
  ) {}

  get socketDir(): string {
    return this.place.socketDir;
  }

  urlOf(database: string, user = superuser): string {
    const url = new URL(`postgres://${user}@localhost:5432/${database}`);
    url.searchParams.set('host', this.place.socketDir);
    return url.toString();
  }

  /** Starts the server, which goes on in the background until it is stopped. */
  static launch(programs: Programs, place: ClusterPlace): Cluster {
    const accessFile = path.join(place.socketDir, 'pg_hba.conf');
    fs.writeFileSync(accessFile, 'local all all trust\n');
    // Debian keeps the configuration outside of the data, so a restored directory has none.
    const configFile = path.join(place.socketDir, 'postgresql.conf');
    fs.writeFileSync(configFile, '');
    const log = fs.openSync(place.logFile, 'a', 0o600);
    const settings = {
      ...{ config_file: configFile, hba_file: accessFile },
      ...{ listen_addresses: '', port: 5432, unix_socket_directories: place.socketDir },
      ...{ fsync: 'off', ssl: 'off', logging_collector: 'off' },
      // Without it recovery needs no setting as large as the first server's.
      ...{ hot_standby: 'off', shared_preload_libraries: '' },
      ...place.settings,
    };
    const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = spawn(programs.pathOf('postgres'), ['-D', place.dataDir, ...given], {
      ...programs.options,
      stdio: ['ignore', log, log],
      detached: true,
    });
    fs.closeSync(log);
    return new Cluster(server, finished(server), place, programs.signal);
  }

  /** Resolves when the server takes connections, which it does when its recovery has ended. */
  async ready(): Promise<void> {
    let ended = false;
    void this.exited.then(() => (ended = true));
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      this.signal?.throwIfAborted();
      if (ended) throw new Error(`PostgreSQL did not start: ${tailOf(this.place.logFile)}`);
      try {
        await this.query('postgres', 'SELECT 1');
        return;
      } catch {
        // It is starting or recovering, however long that takes, or about to end.
      }
    }
  }

  async query<Row extends pg.QueryResultRow>(
    database: string,
    text: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    return queryUrl<Row>(this.urlOf(database), text, values);
  }

  /** Disconnects everybody and stops cleanly. */
  async stop(): Promise<void> {
    this.server.kill('SIGINT');
    await this.exited;
  }
}

export interface ClusterPlace {
  dataDir: string;
  socketDir: string;
  logFile: string;
  settings?: Record<string, string | number>;
}

export async function queryUrl<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

function tailOf(file: string): string {
  return fs.readFileSync(file, 'utf8').trim().split('\n').slice(-5).join('\n');
}
