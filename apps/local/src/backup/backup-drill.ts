import * as fs from 'node:fs';
import * as path from 'node:path';
import { unprivilegedAccount } from '../postgres-binaries.js';
import { messageOf, StartFailure } from '../start-failure.js';
import { type Check, Checks } from './checks.js';
import { queryUrl } from './cluster.js';
import { drill, type DrillPlan } from './drill.js';
import type { DrillOptions } from './drill-options.js';
import { takeManifest } from './manifest.js';
import { Programs } from './programs.js';
import { makeScratchDirectory, type ScratchDirectory } from './scratch-directory.js';
import { makeScratchRepository } from './scratch-repository.js';
import { Stanza } from './stanza.js';

/** Where a drill finds things and leaves its report. */
export interface DrillPlaces {
  distDir: string;
  reportDir: string;
  databaseUrl: string | undefined;
}

export interface DrillReport {
  object: 'backup_drill';
  passed: boolean;
  stanza: string;
  target: string | null;
  started_at: string;
  finished_at: string;
  checks: Check[];
  manifest: DrillPlan['manifest'];
}

/** Debian 12 has pgBackRest 2.45, which knows PostgreSQL up to this version. */
const scratchMajor = '15';

/** Drills, and writes what came out as one JSON file. */
export async function runBackupDrill(
  options: DrillOptions,
  places: DrillPlaces,
  { tell, signal }: { tell: (check: Check) => void; signal: AbortSignal },
): Promise<{ report: DrillReport; file: string }> {
  const programs = new Programs(unprivilegedAccount(), scratchMajor, signal);
  const startedAt = new Date();
  const directory = makeScratchDirectory(options.directory, programs.account);
  const checks = new Checks(tell);
  try {
    const plan =
      options.stanza === undefined
        ? await planOwn(options, places.distDir, programs, directory)
        : await planLive(options, options.stanza, places, programs, directory);
    await drill(plan, checks);
    signal.throwIfAborted();
    return writeReport(places.reportDir, {
      ...{ object: 'backup_drill', passed: checks.passed, stanza: plan.stanza.name },
      target: plan.target?.toISOString() ?? null,
      ...{ started_at: startedAt.toISOString(), finished_at: new Date().toISOString() },
      ...{ checks: checks.all, manifest: plan.manifest },
    });
  } finally {
    await directory.remove();
  }
}

/** Backups of its own, made on the spot. */
async function planOwn(
  { maxLagSeconds }: DrillOptions,
  distDir: string,
  programs: Programs,
  directory: ScratchDirectory,
): Promise<DrillPlan> {
  programs.requireInstalled();
  const made = await makeScratchRepository(programs, directory, distDir);
  const { stanza, database, target, manifest } = made;
  const plan = { programs, stanza, database, distDir, directory, target, manifest };
  return { ...plan, moment: target, maxLagSeconds };
}

/** The backups of a live database. Of its rows, those count that must have been archived by now. */
async function planLive(
  { configFile, target, maxLagSeconds }: DrillOptions,
  stanzaName: string,
  { distDir, databaseUrl }: DrillPlaces,
  programs: Programs,
  directory: ScratchDirectory,
): Promise<DrillPlan> {
  if (!databaseUrl) {
    throw new StartFailure(
      'DATABASE_URL is missing: the database that the restored one is compared with.',
    );
  }
  const stanza = new Stanza(programs, stanzaName, configFile);
  const moment = target ?? (await clockOf(databaseUrl));
  const until = new Date(moment.getTime() - maxLagSeconds * 1000);
  return {
    ...{ stanza, distDir, directory, target, moment, maxLagSeconds },
    manifest: await takeManifest(databaseUrl, until),
    programs: programs.ofMajor(await majorOf(stanza)),
    database: decodeURIComponent(new URL(databaseUrl).pathname.slice(1)),
  };
}

/** The clock of the live database, which also shows that it can be reached. */
async function clockOf(databaseUrl: string): Promise<Date> {
  try {
    const text = 'SELECT clock_timestamp() AS now';
    const [clock] = await queryUrl<{ now: Date }>(databaseUrl, text);
    return clock?.now ?? new Date();
  } catch (error) {
    throw new StartFailure(`DATABASE_URL does not lead to a usable database: ${messageOf(error)}`);
  }
}

async function majorOf(stanza: Stanza): Promise<string> {
  const { db } = await stanza.info();
  return db.at(-1)?.version ?? scratchMajor;
}

function writeReport(directory: string, report: DrillReport) {
  fs.mkdirSync(directory, { recursive: true });
  const name = `drill-${report.started_at.replace(/[:.]/g, '-')}.json`;
  const file = path.join(directory, name);
  fs.writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  return { report, file };
}
