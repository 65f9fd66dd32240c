import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { MetricsService } from '../../platform/metrics.service.js';
import { lifecycleJobs } from './lifecycle-jobs.js';
import { LifecycleRepository } from './lifecycle.repository.js';
import { LifecycleService } from './lifecycle.service.js';

const leaseMs = 600_000;
const extendEveryMs = 60_000;
const batchSize = 1_000;
const names = lifecycleJobs.map(({ name }) => name);

/** Runs every job once a day, in one of all workers. One that fails is due again after ten minutes. */
@Injectable()
export class LifecycleWorker implements OnModuleInit {
  private readonly logger = new Logger('Lifecycle');

  constructor(
    private readonly lifecycle: LifecycleService,
    private readonly rows: LifecycleRepository,
    private readonly metrics: MetricsService,
  ) {}

  onModuleInit(): void {
    const help = 'When a job of the life cycle last came to its end, in any process; 0 for never.';
    this.metrics.addReadings('lifecycle_last_success_timestamp_seconds', help, 'job', async () => {
      const runs = new Map((await this.rows.list()).map((run) => [run.job, run.lastSucceededAt]));
      return Object.fromEntries(names.map((job) => [job, (runs.get(job)?.getTime() ?? 0) / 1e3]));
    });
  }

  /** Answers how many jobs it ran. */
  async run(signal: AbortSignal): Promise<number> {
    const claimed = await this.rows.claimDue(names, leaseMs);
    const job = lifecycleJobs.find(({ name }) => name === claimed?.job);
    if (!claimed || !job) return 0;
    let extendedAtMs = performance.now();
    const progress = async () => {
      if (performance.now() - extendedAtMs < extendEveryMs) return;
      extendedAtMs = performance.now();
      await this.rows.extend(job.name, leaseMs);
    };
    const result = await this.lifecycle.run(job, { now: claimed.now, batchSize, signal, progress });
    this.metrics.lifecycleDuration.set({ job: job.name }, result.durationMs / 1_000);
    for (const [done, rows] of Object.entries(result.counts)) {
      this.metrics.lifecycleRows.inc({ job: job.name, done }, rows);
      this.logger.log(`${job.name}: ${done} ${rows}`);
    }
    return 1;
  }
}
