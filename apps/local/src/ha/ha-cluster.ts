import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ScratchDirectory } from '../backup/scratch-directory.js';
import { choosePort, host, isTaken } from '../ports.js';
import type { Account } from '../postgres-binaries.js';
import { answersOk, type ClusterPasswords, PatroniNode } from './patroni-node.js';
import { startPgbouncer } from './pgbouncer.js';
import { Program } from './program.js';
import { fillTemplate } from './template.js';

export interface HaClusterOptions {
  deployDir: string;
  directory: ScratchDirectory;
  account: Account | undefined;
  signal: AbortSignal;
}

const nodeNames = ['node1', 'node2', 'node3'];
const startTimeoutMs = 90_000;
const superuser = 'postgres';

/** etcd, three servers under Patroni, and HAProxy before them, as deploy/ha has them. */
export class HaCluster {
  private constructor(
    private readonly options: HaClusterOptions,
    private readonly nodes: readonly PatroniNode[],
    private readonly passwords: ClusterPasswords,
    private readonly haproxyPort: number,
  ) {}

  /** Where HAProxy leads a superuser, to whoever is the leader. */
  get superuserUrl(): string {
    return this.urlOf('postgres');
  }

  urlOf(database: string): string {
    const { superuser: password } = this.passwords;
    return `postgres://${superuser}:${password}@${host}:${this.haproxyPort}/${database}`;
  }

  static async start(options: HaClusterOptions): Promise<HaCluster> {
    const { directory, account, deployDir } = options;
    const passwords = makePasswords();
    const etcdPort = await startEtcd(options);
    const nodes: PatroniNode[] = [];
    for (const name of nodeNames) {
      const shared = { deployDir, directory, account, etcdPort, passwords };
      nodes.push(await PatroniNode.prepare({ ...shared, name }));
    }
    for (const node of nodes) {
      directory.beforeRemoval(() => node.stop());
      node.start();
    }
    const haproxyPort = await startHaproxy(options, nodes);
    const cluster = new HaCluster(options, nodes, passwords, haproxyPort);
    await cluster.whole();
    return cluster;
  }

  /** Resolves when one node leads, one follows in step, and all are there. */
  async whole(): Promise<void> {
    await this.until('all nodes', async () => {
      const roles = await Promise.all(
        this.nodes.map(async (node) => ({
          ...{ leads: await node.is('primary'), follows: await node.is('replica') },
          inStep: await node.is('sync'),
        })),
      );
      const leads = roles.filter((role) => role.leads).length === 1;
      const others = roles.filter((role) => role.follows).length === this.nodes.length - 1;
      return leads && others && roles.some((role) => role.inStep);
    });
  }

  async leader(): Promise<PatroniNode> {
    let leader: PatroniNode | undefined;
    await this.until('a leader', async () => {
      const leads = await Promise.all(this.nodes.map((node) => node.is('primary')));
      leader = this.nodes.find((_, index) => leads[index]);
      return leader !== undefined;
    });
    return leader as PatroniNode;
  }

  /** Asks Patroni to move the lead to the node that is in step. */
  async switchOver(): Promise<void> {
    const leader = await this.leader();
    const credentials = Buffer.from(`patroni:${this.passwords.restApi}`).toString('base64');
    const response = await fetch(`http://${host}:${leader.restPort}/switchover`, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}` },
      body: JSON.stringify({ leader: leader.name }),
      signal: AbortSignal.timeout(60_000),
    });
    const said = await response.text();
    if (!response.ok) throw new Error(`Patroni refused to switch over: ${said}`);
  }

  /** PgBouncer before HAProxy, as the application uses it. */
  async startPooler(): Promise<number> {
    const { deployDir, directory, account } = this.options;
    const pooler = await startPgbouncer({
      ...{ account, superuserUrl: this.superuserUrl, poolSize: 30 },
      ...{ deployDir: path.join(deployDir, 'pgbouncer'), directory: directory.path },
    });
    directory.beforeRemoval(() => pooler.stop());
    return pooler.port;
  }

  private async until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + startTimeoutMs;
    while (!(await isTrue())) {
      this.options.signal.throwIfAborted();
      if (Date.now() > deadline) throw new Error(`Waited ${startTimeoutMs} ms for ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function makePasswords(): ClusterPasswords {
  const word = () => randomBytes(24).toString('hex');
  return { superuser: word(), replication: word(), rewind: word(), restApi: word() };
}

async function startEtcd(options: HaClusterOptions): Promise<number> {
  const port = await choosePort();
  const config = fillTemplate(path.join(options.deployDir, 'etcd/etcd.yml'), {
    '127.0.0.1:2379': `${host}:${port}`,
    '127.0.0.1:2380': `${host}:${await choosePort()}`,
    '/var/lib/etcd/payments': options.directory.make('etcd'),
  });
  const configFile = writeConfig(options, 'etcd.yml', config);
  const etcd = launch(options, 'etcd', ['--config-file', configFile]);
  const isHealthy = () => answersOk(`http://${host}:${port}/health`);
  await etcd.ready(isHealthy, startTimeoutMs, options.signal);
  return port;
}

async function startHaproxy(options: HaClusterOptions, nodes: readonly PatroniNode[]) {
  const port = await choosePort();
  const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
  const places = nodes.map(({ port: own, restPort }, index) => [
    `${addresses[index]}:5432 maxconn 100 check port 8008`,
    `${host}:${own} maxconn 100 check port ${restPort}`,
  ]);
  const config = fillTemplate(path.join(options.deployDir, 'haproxy/haproxy.cfg'), {
    '127.0.0.1:5000': `${host}:${port}`,
    ...(Object.fromEntries(places) as Record<string, string>),
  });
  const haproxy = launch(options, 'haproxy', ['-f', writeConfig(options, 'haproxy.cfg', config)]);
  await haproxy.ready(() => isTaken(port), startTimeoutMs, options.signal);
  return port;
}

function writeConfig({ directory, account }: HaClusterOptions, name: string, text: string): string {
  const file = path.join(directory.path, name);
  fs.writeFileSync(file, text, { mode: 0o600 });
  if (account) fs.chownSync(file, account.uid, account.gid);
  return file;
}

function launch({ directory, account }: HaClusterOptions, command: string, args: string[]) {
  const logFile = path.join(directory.path, `${command}.log`);
  const program = Program.launch({ command, args, account, logFile });
  directory.beforeRemoval(() => program.stop());
  return program;
}
