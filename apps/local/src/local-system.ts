import * as path from 'node:path';
import { prepareCredentials } from './credentials.js';
import type { Credentials } from './credentials.js';
import { prepareDatabase } from './database.js';
import { openDataDirectory } from './data-directory.js';
import type { DataDirectory } from './data-directory.js';
import { apiEnvironment, sandboxEnvironment } from './environments.js';
import { host, requirePort } from './ports.js';
import type { PostgresServer } from './postgres.js';
import { startProcess } from './processes.js';
import type { Exit, RunningProcess } from './processes.js';
import { openSecrets } from './secrets.js';
import type { LocalSecrets } from './secrets.js';
import type { LocalSettings } from './settings.js';
import type { Progress } from './terminal.js';

export interface Death {
  name: string;
  exit: Exit;
  stderrTail: string;
}

/** The sandbox is on the same machine, and a demo of timeouts need not take long. */
const providerTimeoutMs = '3000';

/** What one start works with. */
interface Plan {
  directory: DataDirectory;
  secrets: LocalSecrets;
  port: number;
  sandboxPort: number;
  apiUrl: string;
  sandboxUrl: string;
}

/** The database, sandbox, api and worker of one data directory, started and stopped in order. */
export class LocalSystem {
  private readonly failed = new AbortController();
  private readonly signal: AbortSignal;
  private readonly children = new Map<string, RunningProcess>();
  private directory: DataDirectory | undefined;
  private postgres: PostgresServer | undefined;

  constructor(
    private readonly settings: LocalSettings,
    private readonly distDir: string,
    private readonly progress: Progress,
    stopRequested: AbortSignal,
  ) {
    this.signal = AbortSignal.any([this.failed.signal, stopRequested]);
  }

  async start(): Promise<Credentials> {
    this.directory = openDataDirectory(this.settings.dataDir);
    const port = await requirePort(this.settings.port, 'PORT');
    const sandboxPort = await requirePort(this.settings.sandboxPort, 'SANDBOX_PORT');
    const plan: Plan = {
      directory: this.directory,
      secrets: openSecrets(this.directory.secretsFile),
      port,
      sandboxPort,
      apiUrl: `http://${host}:${port}`,
      sandboxUrl: `http://${host}:${sandboxPort}`,
    };
    const sandboxEnv = this.sandboxEnvironmentOf(plan);
    const sandboxReady = this.startChild('sandbox', 'sandbox/src/main.js', sandboxEnv);
    const [credentials] = await this.together(this.startSystem(plan, sandboxReady), sandboxReady);
    return credentials;
  }

  /** Resolves when a process ends that nobody asked to end. */
  async firstDeath(): Promise<Death> {
    return Promise.race(
      [...this.children.values()].map(async (child) => {
        const exit = await child.exited;
        return { name: child.name, exit, stderrTail: child.stderrTail() };
      }),
    );
  }

  /** The api drains first, the sandbox serves it until then, and the database goes last. */
  async stop(): Promise<void> {
    await Promise.all(['api', 'worker'].map((name) => this.stopChild(name)));
    await this.stopChild('sandbox');
    await this.postgres?.stop();
    this.directory?.release();
  }

  kill(): void {
    for (const child of this.children.values()) child.kill('SIGKILL');
    this.postgres?.kill();
    this.directory?.release();
  }

  /** The sandbox is up before the api: by then its PayPal certificate is in its file. */
  private async startSystem(plan: Plan, sandboxReady: Promise<void>): Promise<Credentials> {
    const { directory, secrets, apiUrl, sandboxUrl } = plan;
    const databases = await prepareDatabase(this.settings, directory, secrets, this.progress, {
      onStarted: (server) => (this.postgres = server),
    });
    await sandboxReady;
    this.signal.throwIfAborted();
    const env = apiEnvironment({
      ...{ databases, secrets, port: plan.port, apiUrl, sandboxUrl },
      redisUrl: this.settings.redisUrl,
      paypalCaFile: directory.paypalCaFile,
      environment: 'development',
      extra: { PROVIDER_TIMEOUT_MS: providerTimeoutMs, ...this.settings.handedOn },
    });
    const urls = { base_url: apiUrl, sandbox_url: sandboxUrl, database_url: databases.admin };
    const apiReady = this.startChild('api', 'api/src/main.js', env);
    const [credentials] = await this.together(
      prepareCredentials({
        file: directory.credentialsFile,
        ...{ urls, apiReady, webhookUrl: `${sandboxUrl}/_sandbox/partner-webhooks` },
        commandEntry: path.join(this.distDir, 'apps/api/src/command.js'),
        commandEnv: env,
        progress: this.progress,
      }),
      apiReady,
      this.startChild('worker', 'api/src/worker.js', env),
    );
    return credentials;
  }

  private startChild(name: string, entry: string, env: Record<string, string>) {
    return this.progress.run(titles[name] ?? name, async () => {
      const child = await startProcess({
        ...{ name, env, signal: this.signal },
        entry: path.join(this.distDir, 'apps', entry),
        logFile: this.directory?.logFile(name) ?? '',
      });
      this.children.set(name, child);
    });
  }

  private async stopChild(name: string): Promise<void> {
    await this.children.get(name)?.stop();
  }

  private sandboxEnvironmentOf(plan: Plan): Record<string, string> {
    return sandboxEnvironment({
      ...{ secrets: plan.secrets, port: plan.sandboxPort },
      ...{ apiUrl: plan.apiUrl, sandboxUrl: plan.sandboxUrl },
      stateFile: plan.directory.sandboxStateFile,
      paypalCaFile: plan.directory.paypalCaFile,
      extra: this.settings.handedOn,
    });
  }

  /** Like Promise.all, but a failure interrupts the others and is thrown when they have all ended. */
  private async together<T extends unknown[]>(
    ...steps: { [Index in keyof T]: Promise<T[Index]> }
  ): Promise<T> {
    const all = Promise.all(steps);
    all.catch((error: unknown) => this.failed.abort(error));
    await Promise.allSettled(steps);
    return all;
  }
}

const titles: Record<string, string> = { sandbox: 'Sandbox', api: 'API', worker: 'Worker' };
