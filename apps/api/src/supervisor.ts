import cluster, { type Worker } from 'node:cluster';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Config, readProcessConfig } from './config.js';
import { createLogger } from './platform/logger.js';
import type { Report } from './process.js';
import { RestartPauses } from './restart-pauses.js';

/** The children give up themselves; this is for what is wrong with them. */
const marginMs = 5_000;

/** How a child ended: cleanly, or with a reason. */
interface End {
  isClean: boolean;
  reason: string;
}

/** A child that is ready. */
interface Child {
  worker: Worker;
  url: string | undefined;
  readySinceMs: number;
  ended: Promise<End>;
}

/** Runs as many processes of the API as WEB_CONCURRENCY says, on one port. */
export async function superviseApi() {
  const config = readProcessConfig();
  const supervisor = new Supervisor(
    config.WEB_CONCURRENCY,
    createLogger(config.LOG_LEVEL, 'supervisor'),
  );
  return {
    url: await supervisor.start(),
    stopWithinMs: config.DRAIN_DELAY_MS + config.DRAIN_TIMEOUT_MS + marginMs,
    stop: () => supervisor.stop(),
  };
}

/** The configuration of this process, if it is one of several: it has metrics of its own. */
export function configOfChild(config: Config): Config {
  if (!cluster.isWorker || config.METRICS_PORT === undefined) return config;
  const number = Number(process.argv[2]);
  return { ...config, METRICS_PORT: config.METRICS_PORT + number - 1 };
}

/** Starts the children, starts one anew that dies, and stops them all. */
class Supervisor {
  private readonly workers = new Set<Worker>();
  private readonly lives: Promise<void>[] = [];
  private readonly stopping = new AbortController();
  private unclean = 0;

  constructor(
    private readonly count: number,
    private readonly logger: Logger,
  ) {}

  /** The first alone: what keeps one from starting keeps all from it, and is said once. */
  async start(): Promise<string | undefined> {
    const first = await this.launch(1);
    const numbers = Array.from({ length: this.count - 1 }, (_, index) => index + 2);
    const others = await Promise.all(numbers.map((number) => this.launch(number)));
    this.lives.push(...[first, ...others].map((child, index) => this.keep(index + 1, child)));
    return first.url;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const worker of this.workers) worker.process.kill('SIGTERM');
    await Promise.all(this.lives);
    if (this.unclean > 0) throw new Error(`${this.unclean} of its processes were cut off`);
  }

  /** Resolves when the supervisor stops and the child with this number has ended. */
  private async keep(number: number, first: Child): Promise<void> {
    let child: Child | undefined = first;
    const pauses = new RestartPauses();
    while (child) {
      const { isClean, reason } = await child.ended;
      if (this.stopping.signal.aborted) {
        if (!isClean) this.unclean += 1;
        return;
      }
      this.logger.warn(`process ${number} ${reason}; another one takes its place`);
      child = await this.replace(number, pauses, performance.now() - child.readySinceMs);
    }
  }

  /** Tries until a child is ready, or the supervisor stops. */
  private async replace(
    number: number,
    pauses: RestartPauses,
    lastLivedMs: number,
  ): Promise<Child | undefined> {
    const { signal } = this.stopping;
    for (let livedMs = lastLivedMs; ; livedMs = 0) {
      await setTimeout(pauses.afterDeath(livedMs), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
      try {
        return await this.launch(number);
      } catch (error) {
        if (signal.aborted) return undefined;
        this.logger.error(`process ${number} can't start: ${(error as Error).message}`);
      }
    }
  }

  private launch(number: number): Promise<Child> {
    cluster.setupPrimary({ exec: join(import.meta.dirname, 'api.js'), args: [String(number)] });
    const worker = cluster.fork();
    this.workers.add(worker);
    const ended = new Promise<End>((resolve) => {
      worker.once('exit', (code, signal) => {
        this.workers.delete(worker);
        const reason = signal ? `was ended by ${signal}` : `ended with code ${code}`;
        resolve({ isClean: code === 0, reason });
      });
    });
    return new Promise((resolve, reject) => {
      worker.on('message', (report: Report) => {
        if (report.type === 'failed') return reject(new Error(report.reason));
        resolve({ worker, url: report.url, readySinceMs: performance.now(), ended });
      });
      void ended.then(({ reason }) => reject(new Error(`process ${number} ${reason}`)));
    });
  }
}
