import * as fs from 'node:fs';
import * as path from 'node:path';
import { migrate } from '../../../../migrations/migrate.js';
import { Application } from '../backup/application.js';
import { queryUrl } from '../backup/cluster.js';
import { checkRestoredInvariants } from '../backup/restored-invariants.js';
import { makeScratchDirectory, type ScratchDirectory } from '../backup/scratch-directory.js';
import { databaseUrls } from '../database.js';
import { unprivilegedAccount } from '../postgres-binaries.js';
import { generateSecrets } from '../secrets.js';
import type { Progress } from '../terminal.js';
import { HaCluster } from './ha-cluster.js';
import type { HaOptions } from './ha-options.js';
import { Payers } from './payers.js';
import { requirePackages } from './required-packages.js';
import {
  type Evidence,
  type Finding,
  judge,
  type LedgerEntry,
  type StoredPayment,
} from './verdict.js';

export interface HaPlaces {
  distDir: string;
  reportDir: string;
}

export interface HaReport {
  object: 'ha_test';
  passed: boolean;
  started_at: string;
  finished_at: string;
  payments_per_second: number;
  slowest_answer_seconds: number;
  findings: Finding[];
}

const noLogins = { api: undefined, worker: undefined, operations: undefined };
const database = 'payments';
const calmMs = 6_000;
const settleTimeoutMs = 60_000;

const storedPayments = 'SELECT id, idempotency_key AS key, status FROM public.transactions';
const openPayments = `SELECT count(*)::int AS open FROM public.transactions
WHERE status = 'processing'`;

/** Kills the leader and moves the lead under load, and writes what came out as one JSON file. */
export async function runHaTest(
  options: HaOptions,
  { distDir, reportDir }: HaPlaces,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ report: HaReport; file: string }> {
  requirePackages();
  const startedAt = new Date();
  const directory = makeScratchDirectory(options.directory, unprivilegedAccount(), 'ha');
  try {
    const test = new HaTest(directory, distDir, progress, signal);
    const evidence = await test.run(options.perSecond);
    const findings = judge(evidence);
    const slowestMs = Math.max(0, ...evidence.acknowledged.map(({ tookMs }) => tookMs));
    return writeReport(reportDir, {
      ...{ object: 'ha_test', passed: findings.every(({ passed }) => passed) },
      ...{ started_at: startedAt.toISOString(), finished_at: new Date().toISOString() },
      payments_per_second: options.perSecond,
      ...{ slowest_answer_seconds: slowestMs / 1000, findings },
    });
  } finally {
    await progress.watch('Ending all processes', () => directory.remove());
  }
}

class HaTest {
  constructor(
    private readonly directory: ScratchDirectory,
    private readonly distDir: string,
    private readonly progress: Progress,
    private readonly signal: AbortSignal,
  ) {}

  async run(perSecond: number): Promise<Evidence> {
    const cluster = await this.step('Three nodes, in step', () => this.startCluster());
    const application = await this.step('API twice, worker', () => this.startApplication(cluster));
    const paying = new Payers({
      ...{
        apiUrls: application.apiUrls,
        apiKey: application.credentials.partner_api_key,
        perSecond,
      },
    });
    this.directory.beforeRemoval(async () => paying.abandon());
    const disruptions = await this.disrupt(cluster);
    await this.step('Every payment answered', () => paying.stop());
    const endedAtMs = Date.now();
    const url = cluster.urlOf(database);
    await this.step('Every payment settled', () => this.settled(url));
    return {
      ...{ disruptions, endedAtMs, acknowledged: paying.acknowledged, failures: paying.failures },
      stored: await queryUrl<StoredPayment>(url, storedPayments),
      charges: await chargesOf(application.credentials.sandbox_url),
      brokenInvariants: await this.step('Invariants', () => this.brokenInvariants(application)),
    };
  }

  private async disrupt(cluster: HaCluster) {
    await this.step('Payments', () => this.calm());
    const leader = await cluster.leader();
    const killed = { name: 'leader killed', atMs: Date.now() };
    await this.step(`Killed ${leader.name}`, () => leader.kill());
    await this.step('Another node leads', async () => {
      await cluster.leader();
      await this.calm();
    });
    await this.step(`${leader.name} is back`, async () => {
      leader.start();
      await cluster.whole();
    });
    const moved = { name: 'switch-over', atMs: Date.now() };
    await this.step('Switched over', () => cluster.switchOver());
    await this.step('All nodes in step again', async () => {
      await cluster.whole();
      await this.calm();
    });
    return [killed, moved];
  }

  private async startCluster(): Promise<HaCluster> {
    const deployDir = path.join(this.distDir, '../deploy/ha');
    const { directory, signal } = this;
    const account = unprivilegedAccount();
    const cluster = await HaCluster.start({ deployDir, directory, account, signal });
    await queryUrl(cluster.superuserUrl, 'CREATE DATABASE payments');
    return cluster;
  }

  /** Its processes reach the leader by way of PgBouncer and HAProxy. */
  private async startApplication(cluster: HaCluster): Promise<Application> {
    const secrets = generateSecrets();
    const direct = databaseUrls(cluster.urlOf(database), noLogins, secrets);
    const logins = [direct.api, direct.worker, direct.operations];
    await migrate({ databaseUrl: direct.admin, logins });
    const port = String(await cluster.startPooler());
    const admin = Object.assign(new URL(direct.admin), { port }).toString();
    const application = await Application.start({
      databases: { ...databaseUrls(admin, noLogins, secrets), admin: direct.admin },
      ...{ distDir: this.distDir, directory: this.directory.path, apis: 2 },
    });
    this.directory.beforeRemoval(() => application.stop());
    return application;
  }

  private async settled(url: string): Promise<void> {
    const deadline = Date.now() + settleTimeoutMs;
    while (Date.now() < deadline) {
      const [row] = await queryUrl<{ open: number }>(url, openPayments);
      if (row?.open === 0) return;
      await this.pause(500);
    }
  }

  private brokenInvariants({ databases }: Application): Promise<string | null> {
    return checkRestoredInvariants(this.distDir, databases.worker, new Date()).then(
      () => null,
      (error: unknown) => (error as Error).message,
    );
  }

  private calm(): Promise<void> {
    return this.pause(calmMs);
  }

  private async pause(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.signal.throwIfAborted();
  }

  private step<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    return this.progress.run(title, work);
  }
}

async function chargesOf(sandboxUrl: string): Promise<LedgerEntry[]> {
  const response = await fetch(`${sandboxUrl}/_sandbox/charges`);
  return ((await response.json()) as { charges: LedgerEntry[] }).charges;
}

function writeReport(directory: string, report: HaReport) {
  fs.mkdirSync(directory, { recursive: true });
  const name = `ha-test-${report.started_at.replace(/[:.]/g, '-')}.json`;
  const file = path.join(directory, name);
  fs.writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  return { report, file };
}
