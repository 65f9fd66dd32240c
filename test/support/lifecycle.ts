import { postgresOptions, TenantDatabase } from '@libs/database';
import { DataSource } from 'typeorm';
import { type Counts, lifecycleJobs } from '../../apps/api/src/modules/lifecycle/lifecycle-jobs.js';
import { LifecycleRun } from '../../apps/api/src/modules/lifecycle/lifecycle-run.entity.js';
import { LifecycleRepository } from '../../apps/api/src/modules/lifecycle/lifecycle.repository.js';
import {
  LifecycleService,
  type RunOptions,
  type RunResult,
} from '../../apps/api/src/modules/lifecycle/lifecycle.service.js';

/** Jobs of the life cycle, run with the login of the worker and any clock. */
export class TestLifecycle {
  private constructor(private readonly dataSource: DataSource) {}

  static async connect(url: string): Promise<TestLifecycle> {
    const settings = {
      ...{ url, applicationName: 'lifecycle', poolMin: 0, poolMax: 4 },
      ...{ idleTimeoutMs: 1_000, maxLifetimeSeconds: 3_600, acquireTimeoutMs: 10_000 },
      ...{ statementTimeoutMs: 60_000, lockTimeoutMs: 10_000 },
      idleInTransactionTimeoutMs: 60_000,
    };
    const dataSource = new DataSource(postgresOptions(settings, [LifecycleRun]));
    return new TestLifecycle(await dataSource.initialize());
  }

  get rows(): LifecycleRepository {
    const runs = this.dataSource.getRepository(LifecycleRun);
    return new LifecycleRepository(new TenantDatabase(this.dataSource), runs);
  }

  /** @throws Error for a name that no job has */
  async end(name: string, now: Date, options: Partial<RunOptions> = {}): Promise<RunResult> {
    const job = lifecycleJobs.find((known) => known.name === name);
    if (!job) throw new Error(`There is no job ${name}`);
    return new LifecycleService(this.rows).run(job, { now, batchSize: 1_000, ...options });
  }

  async run(name: string, now: Date, options: Partial<RunOptions> = {}): Promise<Counts> {
    return (await this.end(name, now, options)).counts;
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }
}
