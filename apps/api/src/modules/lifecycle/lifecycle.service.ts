import { Injectable } from '@nestjs/common';
import { failpoint } from '../../failpoints.js';
import type { Counts, LifecycleJob } from './lifecycle-jobs.js';
import { LifecycleRepository, type Step } from './lifecycle.repository.js';

/** How one run goes. */
export interface RunOptions {
  /** The moment that every rule is measured by. */
  now: Date;
  /** Counts what is due, and changes nothing. */
  dryRun?: boolean;
  batchSize: number;
  signal?: AbortSignal;
  /** Is told after each batch what the run has done so far. */
  progress?(counts: Counts): void | Promise<void>;
}

/** What became of one run. */
export interface RunResult {
  counts: Counts;
  /** `left`: another process is at this job. `stopped`: it was told to stop. */
  end: 'done' | 'left' | 'stopped';
  durationMs: number;
}

const dayMs = 86_400_000;

/**
 * Runs jobs in batches, each a database transaction under the lock of its job.
 *
 * How far a run came is in the data itself: it can be killed at any moment and begun anew, and two at
 * once do nothing twice.
 */
@Injectable()
export class LifecycleService {
  constructor(private readonly rows: LifecycleRepository) {}

  async run(job: LifecycleJob, options: RunOptions): Promise<RunResult> {
    const startedAtMs = performance.now();
    const counts: Counts = {};
    let end: RunResult['end'] = 'done';
    for (const name of job.steps) {
      const { now, batchSize } = options;
      const step = { job: job.name, name, now, batchSize };
      end = options.dryRun
        ? add(counts, await this.rows.count(step))
        : await this.repeat(step, counts, options);
      if (end !== 'done') break;
    }
    const durationMs = performance.now() - startedAtMs;
    if (end === 'done' && !options.dryRun) {
      await this.rows.finish(job.name, options.now, durationMs, dayMs);
    }
    return { counts, end, durationMs };
  }

  private async repeat(step: Step, counts: Counts, options: RunOptions): Promise<RunResult['end']> {
    while (!options.signal?.aborted) {
      const changed = await this.rows.change(step);
      if (!changed) return 'left';
      if (Object.keys(changed).length === 0) return 'done';
      await failpoint('lifecycle.after_batch');
      add(counts, changed);
      await options.progress?.(counts);
    }
    return 'stopped';
  }
}

function add(counts: Counts, more: Counts): 'done' {
  for (const [done, rows] of Object.entries(more)) counts[done] = (counts[done] ?? 0) + rows;
  return 'done';
}
