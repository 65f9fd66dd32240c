import * as path from 'node:path';
import { Cluster, type ClusterPlace } from './cluster.js';
import type { Checks } from './checks.js';
import { differencesOf, type Manifest, takeManifest } from './manifest.js';
import type { Programs } from './programs.js';
import { checkRestoredInvariants } from './restored-invariants.js';
import type { ScratchDirectory } from './scratch-directory.js';
import type { Stanza, StanzaInfo } from './stanza.js';

/** What is restored, and what must come out. */
export interface DrillPlan {
  programs: Programs;
  stanza: Stanza;
  database: string;
  /** Where the build is: the invariants are checked by the command of the api. */
  distDir: string;
  directory: ScratchDirectory;
  /** The moment to restore; the end of what is archived unless given. */
  target?: Date | undefined;
  /** The moment that the newest heartbeat is compared with. */
  moment: Date;
  /** By how much the newest heartbeat may be older: archiving, a heartbeat's minute and a margin. */
  maxLagSeconds: number;
  manifest: Manifest;
}

const hourMs = 3_600_000;
/** The schedule of deploy/backup, with two hours for a backup that takes its time. */
const oldest = { full: 26 * hourMs, any: 8 * hourMs };

const newestHeartbeat = `
SELECT to_char(max(written_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS newest
FROM public.backup_heartbeats`;
const newestEvent = `SELECT count(*)::int AS later FROM public.transaction_events
WHERE created_at > $1`;

/** Restores a database from its repository and looks whether it is all there. */
export async function drill(plan: DrillPlan, checks: Checks): Promise<void> {
  await checks.run('repository', async () => describeRepository(await plan.stanza.info()));
  await checks.run('verify', () => verify(plan.stanza));
  const place: ClusterPlace = {
    dataDir: path.join(plan.directory.path, 'restored'),
    socketDir: plan.directory.make('restored-socket'),
    logFile: path.join(plan.directory.path, 'restored.log'),
    settings: { archive_mode: 'off' },
  };
  const isRestored = await checks.run('restore', async () => {
    await plan.stanza.restore({ dataDir: plan.directory.make('restored'), target: plan.target });
    return plan.target ? `to ${plan.target.toISOString()}` : 'to the end of what is archived';
  });
  if (!isRestored) return;
  const cluster = Cluster.launch(plan.programs, place);
  plan.directory.beforeRemoval(() => cluster.stop());
  const isRecovered = await checks.run('recovery', async () => {
    await cluster.ready();
    return 'the server recovered and takes connections';
  });
  if (!isRecovered) return;
  await checkContents(plan, cluster, checks);
  await cluster.stop();
  await checks.run('checksums', () => checkPages(plan.programs, place.dataDir));
}

/** @throws Error when the backups are not such that one would rely on them */
function describeRepository({ status, cipher, backup }: StanzaInfo): string {
  if (status.code !== 0) throw new Error(`pgBackRest says: ${status.message}`);
  if (cipher === 'none') throw new Error('the repository is not encrypted');
  const sound = backup.filter(({ error }) => !error);
  const age = (backups: typeof sound) =>
    Date.now() - 1000 * Math.max(0, ...backups.map(({ timestamp }) => timestamp.stop));
  const full = sound.filter(({ type }) => type === 'full');
  if (age(full) > oldest.full) throw new Error('no full backup is younger than 26 hours');
  if (age(sound) > oldest.any) throw new Error('no backup is younger than 8 hours');
  return `${sound.length} backups, ${full.length} of them full, ${cipher}`;
}

async function verify(stanza: Stanza): Promise<string> {
  const damage = await stanza.verify();
  if (damage.length > 0) throw new Error(damage.join('; ').slice(0, 2_000));
  return 'every file is whole, and the write-ahead log has no gap';
}

async function checkContents(plan: DrillPlan, cluster: Cluster, checks: Checks): Promise<void> {
  const url = cluster.urlOf(plan.database);
  await checks.run('heartbeat', () => checkHeartbeat(plan, cluster));
  await checks.run('rows', async () => {
    const until = new Date(plan.manifest.until);
    const differences = differencesOf(plan.manifest, await takeManifest(url, until));
    if (differences.length > 0) throw new Error(differences.join(', '));
    return `${plan.manifest.totals.transactions} payments, as the manifest has them`;
  });
  if (plan.target) await checks.run('target', () => checkTarget(plan, cluster));
  await checks.run('invariants', () => {
    const worker = cluster.urlOf(plan.database, 'payments_worker');
    return checkRestoredInvariants(plan.distDir, worker, plan.moment);
  });
  await checks.run('amcheck', async () => {
    const access = ['--host', cluster.socketDir, '--username', 'postgres'];
    const what = ['--database', plan.database, '--install-missing', '--heapallindexed'];
    await plan.programs.require(plan.programs.pathOf('pg_amcheck'), [...access, ...what]);
    return 'tables and indexes agree';
  });
}

async function checkHeartbeat(plan: DrillPlan, cluster: Cluster): Promise<string> {
  const [row] = await cluster.query<{ newest: string | null }>(plan.database, newestHeartbeat);
  if (!row?.newest) throw new Error('there is no heartbeat: does the worker run?');
  const lag = (plan.moment.getTime() - new Date(row.newest).getTime()) / 1000;
  const says = `the newest of ${row.newest} is ${lag.toFixed(1)} s older than ${plan.moment.toISOString()}`;
  if (lag > plan.maxLagSeconds) throw new Error(`${says}, and may be ${plan.maxLagSeconds} s`);
  return says;
}

async function checkTarget({ target, database }: DrillPlan, cluster: Cluster): Promise<string> {
  const values = [target?.toISOString()];
  const [row] = await cluster.query<{ later: number }>(database, newestEvent, values);
  if (row?.later !== 0) throw new Error(`${row?.later} events are of after the moment`);
  return 'nothing is of after the moment';
}

async function checkPages(programs: Programs, dataDir: string): Promise<string> {
  const found = await programs.require(programs.pathOf('pg_checksums'), ['--check', '-D', dataDir]);
  return /Blocks scanned:\s+\d+/.exec(found)?.[0].replace(/\s+/g, ' ') ?? 'every page is whole';
}
