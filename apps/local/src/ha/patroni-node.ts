import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ScratchDirectory } from '../backup/scratch-directory.js';
import { choosePort, host } from '../ports.js';
import type { Account } from '../postgres-binaries.js';
import { childrenOf, commandOf, isAlive, waitUntilGone } from '../process-table.js';
import { Program } from './program.js';
import { postgresDir } from './required-packages.js';
import { fillTemplate } from './template.js';

/** Passwords that all nodes share. */
export interface ClusterPasswords {
  superuser: string;
  replication: string;
  rewind: string;
  restApi: string;
}

export interface NodeOptions {
  name: string;
  deployDir: string;
  directory: ScratchDirectory;
  account: Account | undefined;
  etcdPort: number;
  passwords: ClusterPasswords;
}

/** One server of the cluster with the Patroni that watches over it. */
export class PatroniNode {
  private patroni: Program | undefined;

  private constructor(
    private readonly options: NodeOptions,
    private readonly home: string,
    private readonly configFile: string,
    readonly port: number,
    readonly restPort: number,
  ) {}

  static async prepare(options: NodeOptions): Promise<PatroniNode> {
    const home = options.directory.make(options.name);
    const configFile = path.join(home, 'patroni.yml');
    const template = path.join(options.deployDir, 'patroni/patroni.yml');
    fs.writeFileSync(configFile, fillTemplate(template, { '/var/run/postgresql': home }));
    const port = await choosePort();
    return new PatroniNode(options, home, configFile, port, await choosePort());
  }

  get name(): string {
    return this.options.name;
  }

  start(): void {
    this.patroni = Program.launch({
      ...{ command: 'patroni', args: [this.configFile], account: this.options.account },
      ...{ logFile: path.join(this.options.directory.path, `${this.name}.log`) },
      env: this.environment(),
    });
  }

  /** As a machine that loses its power: Patroni, the server and its sessions end without a word. */
  async kill(): Promise<void> {
    this.patroni?.kill('SIGKILL');
    const server = this.serverPid();
    const pids = server ? [server, ...childrenOf(server)] : [];
    for (const pid of pids) endAtOnce(pid);
    await this.patroni?.exited;
    await Promise.all(pids.map((pid) => waitUntilGone(pid, 5_000)));
  }

  /** Patroni stops its server; what is left of both is killed. */
  async stop(): Promise<void> {
    await this.patroni?.stop('SIGTERM', 10_000);
    await this.kill();
  }

  /** Whether the node says of itself that it is `primary`, `replica` or `sync`. */
  async is(role: string): Promise<boolean> {
    return answersOk(`http://${host}:${this.restPort}/${role}`);
  }

  private serverPid(): number | undefined {
    const file = path.join(this.home, 'data', 'postmaster.pid');
    if (!fs.existsSync(file)) return undefined;
    const pid = Number(fs.readFileSync(file, 'utf8').split('\n')[0]);
    return pid > 0 && isAlive(pid) && commandOf(pid).includes(this.home) ? pid : undefined;
  }

  private environment(): Record<string, string> {
    const { name, passwords, etcdPort } = this.options;
    const own: Record<string, string> = {
      PATRONI_NAME: name,
      PATRONI_ETCD3_HOSTS: `${host}:${etcdPort}`,
      PATRONI_RESTAPI_LISTEN: `${host}:${this.restPort}`,
      PATRONI_RESTAPI_CONNECT_ADDRESS: `${host}:${this.restPort}`,
      PATRONI_RESTAPI_PASSWORD: passwords.restApi,
      PATRONI_POSTGRESQL_LISTEN: `${host}:${this.port}`,
      PATRONI_POSTGRESQL_CONNECT_ADDRESS: `${host}:${this.port}`,
      PATRONI_POSTGRESQL_DATA_DIR: path.join(this.home, 'data'),
      PATRONI_POSTGRESQL_BIN_DIR: postgresDir,
      PATRONI_POSTGRESQL_PGPASS: path.join(this.home, 'pgpass'),
      PATRONI_SUPERUSER_PASSWORD: passwords.superuser,
      PATRONI_REPLICATION_PASSWORD: passwords.replication,
      PATRONI_REWIND_PASSWORD: passwords.rewind,
    };
    const file = path.join(this.options.deployDir, 'patroni/node.env');
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    const given = lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split('='));
    return Object.fromEntries(given.map(([key = '', value = '']) => [key, own[key] ?? value]));
  }
}

/** A session may end by itself before it is its turn. */
function endAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether something answers 200. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
