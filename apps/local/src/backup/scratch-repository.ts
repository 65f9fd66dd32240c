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
  const dataDir = directory.make('data');
  const socketDir = directory.make('socket');
  const { configFile, repository } = writeConfiguration(directory, dataDir, socketDir);
  const stanza = new Stanza(programs, 'drill', configFile);
  await createCluster(programs, dataDir);
  const archive = `pgbackrest --config=${configFile} --stanza=${stanza.name} archive-push %p`;
  const cluster = await Cluster.start(programs, {
    ...{ dataDir, socketDir, logFile: path.join(directory.path, 'postgres.log') },
    settings: { archive_mode: 'on', archive_timeout: 60, archive_command: archive },
  });
  directory.beforeRemoval(() => cluster.stop());
  await cluster.query('postgres', 'CREATE DATABASE payments');
  await migrate({ databaseUrl: cluster.urlOf(database) });
  await stanza.run('stanza-create');
  await stanza.run('backup', '--type=full');
  const made = await write({ stanza, cluster, directory, distDir });
  // Two full backups, of which the first expires with the log that it alone needs.
  const one = ['--repo1-retention-full-type=count', '--repo1-retention-full=1'];
  await stanza.run('expire', ...one);
  return { cluster, database, stanza, configFile, repository, ...made };
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
}

/** The settings of deploy/backup/pgbackrest.conf, in places of the scratch directory. */
function writeConfiguration(directory: ScratchDirectory, dataDir: string, socketDir: string) {
  const repository = directory.make('repository');
  const configFile = path.join(directory.make('pgbackrest'), 'pgbackrest.conf');
  const lines = [
    '[global]',
    `repo1-path=${repository}`,
    'repo1-cipher-type=aes-256-cbc',
    `repo1-cipher-pass=${randomBytes(36).toString('base64')}`,
    'repo1-bundle=y',
    'repo1-retention-full-type=time',
    'repo1-retention-full=30',
    'compress-type=zst',
    'start-fast=y',
    'log-level-file=off',
    `log-path=${directory.make('log')}`,
    `lock-path=${directory.make('lock')}`,
    `spool-path=${directory.make('spool')}`,
    '[drill]',
    `pg1-path=${dataDir}`,
    `pg1-socket-path=${socketDir}`,
    `pg1-user=${superuser}`,
  ];
  fs.writeFileSync(configFile, `${lines.join('\n')}\n`, { mode: 0o644 });
  return { configFile, repository };
}
