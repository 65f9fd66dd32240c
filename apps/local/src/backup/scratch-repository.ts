import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { migrate } from '../../../../migrations/migrate.js';
import { Application } from './application.js';
import { Cluster, superuser } from './cluster.js';
import { type Manifest, takeManifest } from './manifest.js';
import type { Programs } from './programs.js';
import type { ScratchDirectory } from './scratch-directory.js';
import { Stanza } from './stanza.js';

/** A cluster with payments in it, and its backups. */
export interface ScratchRepository {
  cluster: Cluster;
  database: string;
  stanza: Stanza;
  dataDir: string;
  configFile: string;
  repository: string;
  /** A moment between two payments, with what the database held then. */
  target: Date;
  manifest: Manifest;
}

const database = 'payments';
const paymentsAtOnce = 4;

/** Makes a cluster that archives as deploy/backup has it, lets the application write, and backs it up. */
export async function makeScratchRepository(
  programs: Programs,
  directory: ScratchDirectory,
  distDir: string,
): Promise<ScratchRepository> {
  const deployDir = path.join(distDir, '../deploy/backup');
  const { configFile, repository, dataDir, socketDir, settings } = configure(directory, deployDir);
  const stanza = new Stanza(programs, 'payments', configFile);
  await createCluster(programs, dataDir);
  const logFile = path.join(directory.path, 'postgres.log');
  const cluster = Cluster.launch(programs, { dataDir, socketDir, logFile, settings });
  directory.beforeRemoval(() => cluster.stop());
  await cluster.ready();
  await cluster.query('postgres', 'CREATE DATABASE payments');
  await migrate({ databaseUrl: cluster.urlOf(database) });
  await stanza.run('stanza-create');
  await stanza.run('backup', '--type=full');
  const made = await write({ stanza, cluster, directory, distDir });
  // Two full backups, of which the first expires with the log that it alone needs.
  const one = ['--repo1-retention-full-type=count', '--repo1-retention-full=1'];
  await stanza.run('expire', ...one);
  return { cluster, database, stanza, dataDir, configFile, repository, ...made };
}

interface Writing {
  stanza: Stanza;
  cluster: Cluster;
  directory: ScratchDirectory;
  distDir: string;
}

/** Payments, with backups and the moment to restore between them. */
async function write({ stanza, cluster, directory, distDir }: Writing) {
  const loginOf = (role: string) => cluster.urlOf(database, `payments_${role}`);
  const admin = cluster.urlOf(database);
  const application = await Application.start({
    databases: {
      ...{ admin, api: loginOf('api'), worker: loginOf('worker') },
      operations: loginOf('operations'),
    },
    ...{ distDir, directory: directory.path },
  });
  directory.beforeRemoval(() => application.stop());
  await application.pay(paymentsAtOnce);
  await stanza.run('backup', '--type=full');
  await application.pay(paymentsAtOnce);
  await stanza.run('backup', '--type=incr');
  await application.pay(paymentsAtOnce);
  await application.quieten();
  const [clock] = await cluster.query<{ now: Date }>(database, 'SELECT clock_timestamp() AS now');
  const target = new Date((clock?.now ?? new Date()).getTime() + 1);
  const manifest = await takeManifest(admin, target);
  await application.order(paymentsAtOnce);
  await application.stop();
  await stanza.run('check');
  return { target, manifest };
}

async function createCluster(programs: Programs, dataDir: string): Promise<void> {
  await programs.require(programs.pathOf('initdb'), [
    ...['-D', dataDir, '-U', superuser, '--auth', 'trust', '--data-checksums'],
    ...['--encoding', 'UTF8', '--locale', 'C', '--no-sync', '--no-instructions'],
  ]);
  for (const name of ['postgresql.conf', 'pg_hba.conf']) fs.rmSync(path.join(dataDir, name));
}

/** The configuration of deploy/backup, in places of the scratch directory. */
function configure(directory: ScratchDirectory, deployDir: string) {
  const places = {
    dataDir: directory.make('data'),
    socketDir: directory.make('socket'),
    repository: directory.make('repository'),
  };
  const given: Record<string, string> = {
    'repo1-path': places.repository,
    'repo1-cipher-pass': randomBytes(36).toString('base64'),
    'log-level-file': 'off',
    'pg1-path': places.dataDir,
  };
  const lines = [
    readSettings(path.join(deployDir, 'pgbackrest.conf'))
      .map(([name, value]) => (value === undefined ? name : `${name}=${given[name] ?? value}`))
      .join('\n'),
    ...[`pg1-socket-path=${places.socketDir}`, `pg1-user=${superuser}`, '[global]'],
    ...[`lock-path=${directory.make('lock')}`, `spool-path=${directory.make('spool')}`],
  ];
  const configFile = path.join(directory.make('pgbackrest'), 'pgbackrest.conf');
  fs.writeFileSync(configFile, `${lines.join('\n')}\n`, { mode: 0o644 });
  const server = readSettings(path.join(deployDir, 'postgresql.conf')).map(([name, value = '']) => {
    const plain = value.replace(/^'(.*)'$/, '$1');
    return [name, plain.replace(/^pgbackrest /, `pgbackrest --config=${configFile} `)] as const;
  });
  return { ...places, configFile, settings: Object.fromEntries(server) };
}

/** The lines of a configuration file: names with values, and headings without. */
function readSettings(file: string): [name: string, value?: string][] {
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const equals = line.indexOf('=');
      if (equals < 0) return [line];
      return [line.slice(0, equals).trim(), line.slice(equals + 1).trim()];
    });
}
