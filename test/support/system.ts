import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Credentials } from '../../apps/local/src/credentials.js';
import { apiEnvironment, sandboxEnvironment } from '../../apps/local/src/environments.js';
import type { DatabaseUrls } from '../../apps/local/src/environments.js';
import { startProcess } from '../../apps/local/src/processes.js';
import type { Exit, RunningProcess } from '../../apps/local/src/processes.js';
import {
  findingsOf,
  requireNone,
  type SandboxFinding,
} from '../../libs/providers/src/contract/sandbox-findings.js';
import { noteFilledColumns } from './filled-columns.js';
import { type BrokenOnPurpose, requireInvariants } from './invariants.js';
import { leaveScan } from './logged-secrets.js';
import { cloneDatabase } from './cloned-database.js';
import type { ClonedDatabase } from './cloned-database.js';
import { freeUrls, portOf } from './local-urls.js';
import { currentTestRun, rootDir } from './test-run.js';

type Settings = Record<string, string>;

export interface SystemOptions {
  /** Further settings of the api and the worker, which win. */
  env?: Settings | ((sandboxUrl: string, paypalCaFile: string) => Settings);
  /** How many api processes; 1 unless given. The sandbox sends its webhooks to the first. */
  api?: number;
  /** How many worker processes; 1 unless given. */
  worker?: number;
  sandbox?: boolean;
  sandboxEnv?: Settings | ((apiUrl: string) => Settings);
  /** How a process starts the first time: with further settings, or not, if null. */
  firstStart?: FirstStart;
  /** All invariants hold at the end, but for those that the file breaks on purpose, each with its reason. */
  brokenInvariants?: BrokenOnPurpose;
}

type FirstStart = Record<string, Record<string, string> | null>;

/** How one process is started, and started again. */
interface Plan {
  entry: string;
  env: Record<string, string>;
}

/** Built processes on a copy of the template database. Names: `api`, `api-2`, `worker`, `sandbox`. */
export class TestSystem {
  private readonly running = new Map<string, RunningProcess>();

  constructor(
    readonly apiUrls: string[],
    readonly sandboxUrl: string,
    readonly credentials: Credentials,
    private readonly scratch: ClonedDatabase,
    private readonly logsDir: string,
    private readonly plans: Map<string, Plan>,
    private readonly brokenInvariants: BrokenOnPurpose,
  ) {}

  get baseUrl(): string {
    return this.apiUrls[0] ?? '';
  }

  /** URLs of the superuser and of the three logins, straight to the server. */
  get database(): DatabaseUrls {
    return this.scratch.urls;
  }

  /** URLs of the three logins as the processes are given them. */
  get processDatabase(): DatabaseUrls {
    return this.scratch.processUrls;
  }

  /** The sandbox first: the others read the PayPal certificate that it makes. */
  async startAll(first: FirstStart = {}): Promise<void> {
    const names = [...this.plans.keys()].filter((name) => first[name] !== null);
    if (names.includes('sandbox')) await this.start('sandbox');
    const others = names.filter((name) => name !== 'sandbox');
    await Promise.all(others.map((name) => this.start(name, first[name] ?? {})));
  }

  /** Starts a process that was stopped or killed, with further settings if given. */
  async start(name: string, env: Record<string, string> = {}): Promise<void> {
    const plan = this.planOf(name);
    const started = await startProcess({
      ...{ name, entry: plan.entry, env: { ...plan.env, ...env } },
      logFile: path.join(this.logsDir, `${name}.log`),
    });
    this.running.set(name, started);
  }

  /** Ends a process and waits until it is gone. */
  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
    const target = this.child(name);
    target.kill(signal);
    const exit = await within(target.exited, 40_000, `${name} to end after ${signal}`);
    this.running.delete(name);
    return exit;
  }

  async restartApi(env: Record<string, string> = {}): Promise<void> {
    await this.kill('api', 'SIGTERM');
    await this.start('api', env);
  }

  child(name: string): RunningProcess {
    const found = this.running.get(name);
    if (!found) throw new Error(`${name} does not run; these run: ${namesOf(this.running)}`);
    return found;
  }

  /** Everything that all processes of the system printed so far. */
  logs(): string {
    return fs
      .readdirSync(this.logsDir)
      .map((name) => fs.readFileSync(path.join(this.logsDir, name), 'utf8'))
      .join('\n');
  }

  /** Fails when the processes left an invariant broken, or the sandbox found what no provider allows. */
  async stop(): Promise<void> {
    const findings = await this.sandboxFindings();
    await this.stopAll();
    try {
      requireNone(findings);
      await requireInvariants(this.database.worker, this.brokenInvariants);
      await noteFilledColumns(this.database.admin);
    } finally {
      await this.scratch.stop();
    }
  }

  /** For a system that did not start. */
  async discard(): Promise<void> {
    await this.stopAll();
    await this.scratch.stop();
  }

  /** Asked once the others are gone, so that what they send last counts too. */
  private async sandboxFindings(): Promise<SandboxFinding[] | string> {
    const others = [...this.running].filter(([name]) => name !== 'sandbox');
    await Promise.all(others.map(([, running]) => running.stop(10_000)));
    return this.running.has('sandbox') ? findingsOf(this.sandboxUrl).catch(String) : [];
  }

  private async stopAll(): Promise<void> {
    await Promise.all([...this.running.values()].map((running) => running.stop(10_000)));
    this.running.clear();
    leaveScan(this.logs(), Object.values(currentTestRun().secrets));
  }

  private planOf(name: string): Plan {
    const plan = this.plans.get(name);
    if (!plan) throw new Error(`The system has no ${name}; it has: ${namesOf(this.plans)}`);
    return plan;
  }
}

/** Starts the built system on a copy of the template database. Whoever starts it stops it. */
export async function startSystem(options: SystemOptions = {}): Promise<TestSystem> {
  const run = currentTestRun();
  const scratch = await cloneDatabase();
  const apiUrls = await freeUrls(options.api ?? 1);
  const [sandboxUrl = ''] = await freeUrls(1);
  const credentials = {
    ...run.credentials,
    ...{ base_url: apiUrls[0] ?? '', sandbox_url: sandboxUrl, database_url: scratch.urls.admin },
  };
  const name = new URL(scratch.urls.admin).pathname.slice(1);
  const logsDir = path.join(run.directory, 'logs', name);
  fs.mkdirSync(logsDir, { recursive: true });
  const paypalCaFile = path.join(run.directory, `paypal-ca-${name}.pem`);
  const urls = { apiUrls, sandboxUrl };
  const plans = makePlans(options, scratch.processUrls, urls, paypalCaFile);
  const broken = options.brokenInvariants ?? {};
  const system = new TestSystem(apiUrls, sandboxUrl, credentials, scratch, logsDir, plans, broken);
  try {
    await system.startAll(options.firstStart);
    return system;
  } catch (error) {
    await system.discard();
    throw error;
  }
}

function makePlans(
  options: SystemOptions,
  databases: DatabaseUrls,
  { apiUrls, sandboxUrl }: { apiUrls: string[]; sandboxUrl: string },
  caFile: string,
): Map<string, Plan> {
  const { secrets } = currentTestRun();
  const paypalCaFile = options.sandbox === false ? undefined : caFile;
  const plans = new Map<string, Plan>();
  const apiUrl = apiUrls[0] ?? '';
  const shared = { databases, secrets, sandboxUrl, paypalCaFile, environment: 'test' as const };
  // They are checked at the end; a test of the schedule sets its own.
  const given = typeof options.env === 'function' ? options.env(sandboxUrl, caFile) : options.env;
  const extra = { INVARIANTS_EVERY_MS: '0', ...given };
  for (const [index, url] of apiUrls.entries()) {
    const port = portOf(url);
    const env = apiEnvironment({ ...shared, port, apiUrl: url, extra });
    plans.set(numbered('api', index), { entry: entryOf('api/src/main.js'), env: abroad(env) });
  }
  for (let index = 0; index < (options.worker ?? 1); index++) {
    const env = apiEnvironment({ ...shared, port: 0, apiUrl, extra });
    plans.set(numbered('worker', index), { entry: entryOf('api/src/worker.js'), env: abroad(env) });
  }
  if (options.sandbox === false) return plans;
  const port = portOf(sandboxUrl);
  const { sandboxEnv } = options;
  const env = sandboxEnvironment({
    secrets,
    port,
    apiUrl,
    sandboxUrl,
    paypalCaFile,
    extra: typeof sandboxEnv === 'function' ? sandboxEnv(apiUrl) : sandboxEnv,
  });
  return plans.set('sandbox', { entry: entryOf('sandbox/src/main.js'), env });
}

/** Processes far from UTC, like the server of the tests: no time may depend on where they run. */
function abroad(env: Record<string, string>): Record<string, string> {
  return { TZ: 'Asia/Bangkok', ...env };
}

function namesOf(named: Map<string, unknown>): string {
  return [...named.keys()].join(', ');
}

function entryOf(entry: string): string {
  return path.join(rootDir, 'dist/apps', entry);
}

function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name}-${index + 1}`;
}

async function within<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${timeoutMs} ms for ${what}.`)), timeoutMs);
  });
  return Promise.race([promise, expiry]).finally(() => clearTimeout(timer));
}
