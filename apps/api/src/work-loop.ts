import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Config, CONFIG } from './config.js';
import { HeartbeatWorker } from './modules/backups/index.js';
import { CallbackWorker } from './modules/callbacks/index.js';
import { DeliveryWorker } from './modules/deliveries/index.js';
import { InvariantsWorker } from './modules/invariants/index.js';
import { LifecycleWorker } from './modules/lifecycle/index.js';
import { RefundRecovery } from './modules/refunds/index.js';
import { PaymentRecovery } from './modules/transactions/index.js';
import { MetricsService } from './platform/metrics.service.js';
import { type Tracing, TRACING } from './platform/tracing.js';

/** One kind of work: does what is due and says how much that was. */
interface Job {
  name: string;
  everyMs: number;
  /** One that reads whole tables takes its time; the others wait no longer than settings say. */
  longestTurnMs?: number;
  run(): Promise<number>;
}

const minuteMs = 60_000;
const longTurnMs = 6 * 60 * minuteMs;

/** Runs every job over and over: at once again while there is work, else after its pause. */
@Injectable()
export class WorkLoop {
  private readonly logger = new Logger('WorkLoop');
  private readonly jobs: Job[];
  private readonly stopping = new AbortController();
  private readonly turnsSinceMs = new Map<Job, number>();
  private readonly stuckAfterMs: number;
  private running: Promise<void>[] = [];

  constructor(
    callbacks: CallbackWorker,
    payments: PaymentRecovery,
    refunds: RefundRecovery,
    deliveries: DeliveryWorker,
    heartbeats: HeartbeatWorker,
    private readonly invariants: InvariantsWorker,
    lifecycle: LifecycleWorker,
    private readonly metrics: MetricsService,
    @Inject(TRACING) private readonly tracing: Tracing | undefined,
    @Inject(CONFIG) config: Config,
  ) {
    const everyMs = config.WORKER_POLL_MS;
    this.stuckAfterMs = config.WORKER_STUCK_AFTER_MS;
    this.jobs = [
      { name: 'callbacks', everyMs, run: () => callbacks.run() },
      { name: 'payments', everyMs, run: () => payments.run() },
      { name: 'refunds', everyMs, run: () => refunds.run() },
      { name: 'deliveries', everyMs: deliveries.pollMs, run: () => deliveries.run() },
      {
        ...{ name: 'lifecycle', everyMs: minuteMs, longestTurnMs: longTurnMs },
        run: () => lifecycle.run(this.stopping.signal),
      },
      { name: 'heartbeats', everyMs: minuteMs, run: () => heartbeats.run().then(() => 0) },
    ];
    if (config.INVARIANTS_EVERY_MS > 0) {
      const checks = { name: 'invariants', longestTurnMs: longTurnMs };
      const run = () => this.checkInvariants();
      this.jobs.push({ ...checks, everyMs: config.INVARIANTS_EVERY_MS, run });
    }
  }

  start(): void {
    this.running = this.jobs.map((job) => this.repeat(job));
  }

  /** Lets what is running finish. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  /** The jobs that have not begun a new turn for longer than one and its pause may take. */
  stuckJobs(): string[] {
    const late = [...this.turnsSinceMs].filter(([job, sinceMs]) => {
      const longestMs = (job.longestTurnMs ?? this.stuckAfterMs) + job.everyMs;
      return performance.now() - sinceMs > longestMs;
    });
    return late.map(([job]) => job.name);
  }

  private async repeat(job: Job): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.turnsSinceMs.set(job, performance.now());
      const done = await this.run(job);
      if (done === 0) await setTimeout(job.everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A failure counts as nothing done. */
  private async run(job: Job): Promise<number> {
    const end = this.metrics.jobDuration.startTimer({ job: job.name });
    try {
      const isRare = job.everyMs >= minuteMs;
      const done = await (this.tracing?.turn(job.name, isRare, () => job.run()) ?? job.run());
      end({ result: 'done' });
      return done;
    } catch (error) {
      end({ result: 'failed' });
      this.logger.error(`${job.name}: ${String(error)}`);
      return 0;
    }
  }

  private async checkInvariants(): Promise<number> {
    await this.invariants.run(this.stopping.signal);
    return 0;
  }
}
