import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { type Check, Checks } from '../../apps/local/src/backup/checks.js';
import { Cluster } from '../../apps/local/src/backup/cluster.js';
import { drill, type DrillPlan } from '../../apps/local/src/backup/drill.js';
import { takeManifest } from '../../apps/local/src/backup/manifest.js';
import { Programs } from '../../apps/local/src/backup/programs.js';
import {
  makeScratchDirectory,
  type ScratchDirectory,
} from '../../apps/local/src/backup/scratch-directory.js';
import {
  makeScratchRepository,
  type ScratchRepository,
} from '../../apps/local/src/backup/scratch-repository.js';
import { unprivilegedAccount } from '../../apps/local/src/postgres-binaries.js';
import { copyRepository, filesBelow, flipByte, segmentsOf } from './support/damaged-repository.js';
import { blocksOf, runBlocks } from './support/runbook.js';

const programs = new Programs(unprivilegedAccount(), '15');
const distDir = path.resolve('dist');
const runbook = 'docs/runbooks/restore.md';
// In memory where there is some: pgBackRest waits for the disk after every file.
const parent = ['/dev/shm', '/var/tmp'].find((place) => fs.existsSync(place)) ?? '/tmp';

jest.setTimeout(180_000);

describe('the backups', () => {
  let directory: ScratchDirectory;
  let scratch: ScratchRepository;

  beforeAll(async () => {
    directory = makeScratchDirectory(parent, programs.account);
    scratch = await makeScratchRepository(programs, directory, distDir);
  });
  afterAll(() => directory?.remove());

  /** Drills in a directory of its own, and answers what failed. */
  async function failuresOf(change: Partial<DrillPlan>): Promise<Check[]> {
    const { stanza, database, manifest, target } = scratch;
    const place = makeScratchDirectory(parent, programs.account);
    const checks = new Checks(() => undefined);
    const plan = { programs, stanza, database, distDir, moment: target, manifest };
    try {
      await drill({ ...plan, maxLagSeconds: 150, directory: place, ...change }, checks);
    } finally {
      await place.remove();
    }
    return checks.all.filter(({ passed }) => !passed);
  }

  const namesOf = (checks: Check[]) => checks.map(({ name }) => name);

  /** Changes rows past the triggers and policies, and has the change archived. */
  async function force(text: string): Promise<Partial<DrillPlan>> {
    const { cluster, database, stanza } = scratch;
    await cluster.query(database, `SET session_replication_role = replica; ${text}`);
    await stanza.run('check');
    const moment = new Date();
    return { moment, manifest: await takeManifest(cluster.urlOf(database), moment) };
  }

  it('are encrypted, every file of them', () => {
    const files = filesBelow(scratch.repository);
    const plain = files.filter(
      (file) => fs.readFileSync(file).toString('latin1', 0, 8) !== 'Salted__',
    );
    expect(files.length).toBeGreaterThan(10);
    expect(plain).toEqual([]);
  });

  it('expire with the log that they alone need', async () => {
    const { backup, archive } = await scratch.stanza.info();
    expect(backup.map(({ type }) => type)).toEqual(['full', 'incr']);
    expect(archive[0]?.min).toBe(backup[0]?.archive.start);
    expect(path.basename(segmentsOf(scratch.repository)[0] ?? '')).toContain(archive[0]?.min);
  });

  it('bring back the moment that was asked for, as the command finds', async () => {
    const { cluster, configFile, database, target } = scratch;
    const local = directory.make('local');
    const asked = [
      '--stanza',
      'payments',
      '--config',
      configFile,
      '--target',
      target.toISOString(),
    ];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['apps/local/backup-drill.mjs', ...asked, '--directory', parent],
      {
        env: {
          ...{ PATH: process.env.PATH, LOCAL_DATA_DIR: local },
          DATABASE_URL: cluster.urlOf(database, 'payments_operations'),
        },
      },
    );
    expect(stdout).toContain('The backups can be relied on.');
    const [file = ''] = filesBelow(path.join(local, 'backup'));
    const report = JSON.parse(fs.readFileSync(file, 'utf8')) as { checks: Check[] };
    expect(report).toMatchObject({ object: 'backup_drill', passed: true, stanza: 'payments' });
    expect(namesOf(report.checks)).toEqual([
      ...['repository', 'verify', 'restore', 'recovery', 'heartbeat', 'rows', 'target'],
      ...['invariants', 'amcheck', 'checksums'],
    ]);
  });

  it('hold every row of the manifest at the moment, and none of after it', async () => {
    const { target, manifest } = scratch;
    expect(manifest.totals).toMatchObject({ partners: '3', transactions: '12', refunds: '6' });
    expect(await failuresOf({ target })).toEqual([]);
  });

  it('fail the drill when a byte of a backup is flipped', async () => {
    const copy = await copyRepository(programs, directory, scratch, 'flipped');
    const bundle = filesBelow(copy.repository).find((file) => file.includes('F/bundle/'));
    flipByte(bundle ?? '');
    const failures = await failuresOf({ stanza: copy.stanza });
    expect(namesOf(failures)).toEqual(['verify', 'restore']);
    expect(failures[0]?.says).toContain('invalid');
  });

  it('fail the drill when a segment of the log is missing, though the server starts', async () => {
    await scratch.stanza.run('check');
    const { backup } = await scratch.stanza.info();
    const copy = await copyRepository(programs, directory, scratch, 'gap');
    const segments = segmentsOf(copy.repository);
    const last = segments.findIndex((file) => file.includes(backup[1]?.archive.stop ?? ''));
    fs.rmSync(segments[last + 1] ?? '');
    const failures = await failuresOf({ stanza: copy.stanza });
    expect(namesOf(failures)).toEqual(['verify', 'rows']);
    expect(failures[0]?.says).toContain('write-ahead log is missing between');
  });

  it('fail the drill when the newest heartbeat is stale', async () => {
    const shift = (by: string) => `UPDATE backup_heartbeats SET written_at = ${by}`;
    const change = await force(shift("clock_timestamp() - interval '10 minutes'"));
    expect(namesOf(await failuresOf(change))).toEqual(['heartbeat']);
    await force(shift('clock_timestamp()'));
  });

  it('fail the drill when an invariant is broken', async () => {
    const reverse = 'UPDATE idempotency_keys SET response_hash = reverse(response_hash)';
    const change = await force(reverse);
    const failures = await failuresOf(change);
    expect(namesOf(failures)).toEqual(['invariants']);
    expect(failures[0]?.says).toContain('1 of 12 invariants do not hold.');
    await force(reverse);
  });

  it('are restored from a dump by the runbook, and the feed begins anew', async () => {
    const { cluster, database } = scratch;
    const folder = directory.make('dumps');
    const passphrase = path.join(directory.path, 'dump.passphrase');
    fs.writeFileSync(passphrase, 'only for this test\n');
    fs.chmodSync(passphrase, 0o644);
    const from = {
      PGHOST: cluster.socketDir,
      PGUSER: 'postgres',
      DUMP_PASSPHRASE_FILE: passphrase,
    };
    const dumped = await runBlocks(['deploy/backup/dump.sh'], programs, {
      ...{ ...from, DUMP_DIR: folder },
    });
    expect(dumped).toMatchObject({ code: 0 });
    const [dump = '', roles = ''] = filesBelow(folder);
    expect([dump, roles].map((file) => path.extname(file))).toEqual(['.dump', '.roles']);
    const other = await startEmptyCluster();
    const { code, output } = await runBlocks(blocksOf(runbook, 'From a dump'), programs, {
      ...{ ...from, PGHOST: other.socketDir, DUMP: dump.replace('.dump', '') },
      WORKER_DATABASE_URL: other.urlOf(database, 'payments_worker'),
    });
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    expect(output).toContain('the feed is in epoch 2');
    expect(output).toContain('All 12 invariants hold.');
    const until = new Date();
    expect(await takeManifest(other.urlOf(database), until)).toEqual(
      await takeManifest(cluster.urlOf(database), until),
    );
    const [feed] = await other.query(database, visibleEvents);
    expect(feed).toEqual({ hidden: 0, epoch: 2 });
  });

  it('are restored to a moment by the runbook', async () => {
    const { cluster, database, configFile, dataDir, target } = scratch;
    const start = path.join(directory.path, 'start.sh');
    const places = `-c config_file=${cluster.socketDir}/postgresql.conf -c hba_file=${cluster.socketDir}/pg_hba.conf`;
    const options = `${places} -c listen_addresses='' -c unix_socket_directories=${cluster.socketDir} -c archive_mode=on`;
    const log = path.join(directory.path, 'restored.log');
    const server = `${programs.pathOf('pg_ctl')} -D ${dataDir}`;
    const archive = `-c archive_command='pgbackrest --config=${configFile} --stanza=payments archive-push %p'`;
    fs.writeFileSync(start, `${server} -w -l ${log} -o "${options} ${archive}" start\n`);
    directory.beforeRemoval(async () => void (await programs.run(...stopOf(server))));
    const { code, output } = await runBlocks(blocksOf(runbook, 'To a moment'), programs, {
      ...{ PGHOST: cluster.socketDir, PGUSER: 'postgres', PGDATA: dataDir },
      ...{ STOP: `${server} -m fast -w stop`, START: `bash ${start}` },
      PGBACKREST: `pgbackrest --config=${configFile} --stanza=payments`,
      TARGET: target.toISOString().replace('T', ' ').replace('Z', '+00'),
      WORKER_DATABASE_URL: cluster.urlOf(database, 'payments_worker'),
    });
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    expect(output).toContain('All 12 invariants hold.');
    expect(await takeManifest(cluster.urlOf(database), target)).toEqual(scratch.manifest);
    const { backup } = await scratch.stanza.info();
    expect(backup.map(({ type }) => type)).toEqual(['full', 'incr', 'full']);
  });

  async function startEmptyCluster(): Promise<Cluster> {
    const data = directory.make('other');
    const socketDir = directory.make('other-socket');
    const logFile = path.join(directory.path, 'other.log');
    const places = ['-D', data, '-U', 'postgres', '--auth', 'trust'];
    const locale = ['--encoding', 'UTF8', '--locale', 'C', '--no-sync'];
    await programs.require(programs.pathOf('initdb'), [...places, ...locale]);
    const started = Cluster.launch(programs, { dataDir: data, socketDir, logFile });
    directory.beforeRemoval(() => started.stop());
    await started.ready();
    return started;
  }
});

const visibleEvents = `
SELECT count(*) FILTER (WHERE xact_id >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint)::int
  AS hidden, (SELECT max(epoch) FROM event_feed_epochs) AS epoch
FROM transaction_events`;

function stopOf(server: string): [string, string[]] {
  const [program = '', ...args] = server.split(' ');
  return [program, [...args, '-m', 'fast', '-w', 'stop']];
}

describe('the drill', () => {
  it('names the Debian packages that are missing', () => {
    expect(() => new Programs(undefined, '99').requireInstalled()).toThrow(
      'Debian packages are missing. Install them: apt-get install postgresql-99',
    );
  });
});
