import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { failpoint } from '../../failpoints.js';
import type { Counts } from './lifecycle-jobs.js';
import { lifecycleSteps, type StepName } from './lifecycle.statements.js';
import { LifecycleRun } from './lifecycle-run.entity.js';

/** One step of a job. */
export interface Step {
  job: string;
  name: StepName;
  now: Date;
  batchSize: number;
}

/** A run that this process has taken. */
export interface ClaimedRun {
  job: string;
  now: Date;
}

/** What a look at one audit block found. */
export interface CheckedBlock {
  id: string;
  row_count: number;
  intact: boolean;
}

interface CountRow {
  done: string;
  rows: string;
}

const lock = `SELECT pg_try_advisory_xact_lock(hashtextextended('lifecycle ' || $1, 0)) AS taken`;

const addCounts = `
INSERT INTO lifecycle_runs AS r (job, next_run_at, counts) VALUES ($1, clock_timestamp(), $2::jsonb)
ON CONFLICT (job) DO UPDATE SET counts = r.counts || (
  SELECT jsonb_object_agg(key, value::bigint + COALESCE((r.counts->>key)::bigint, 0))
  FROM jsonb_each_text(excluded.counts))`;

const claim = `
INSERT INTO lifecycle_runs AS r (job, next_run_at, last_started_at)
SELECT due.job, clock_timestamp() + $2::int * interval '1 ms', clock_timestamp()
FROM unnest($1::text[]) AS due (job)
WHERE NOT EXISTS (SELECT FROM lifecycle_runs AS planned
  WHERE planned.job = due.job AND planned.next_run_at > clock_timestamp())
LIMIT 1
ON CONFLICT (job) DO UPDATE SET next_run_at = excluded.next_run_at,
  last_started_at = excluded.last_started_at
WHERE r.next_run_at <= clock_timestamp()
RETURNING job, last_started_at AS now`;

const extend = `
UPDATE lifecycle_runs SET next_run_at = clock_timestamp() + $2::int * interval '1 ms' WHERE job = $1`;

const finish = `
WITH run AS (
  SELECT job, counts FROM lifecycle_runs WHERE job = $1 FOR UPDATE
), finished AS (
  INSERT INTO lifecycle_runs AS r (job, next_run_at, last_started_at, last_succeeded_at,
    last_duration_ms)
  VALUES ($1, clock_timestamp() + $2::int * interval '1 ms',
    clock_timestamp() - $3::int * interval '1 ms', clock_timestamp(), $3::int)
  ON CONFLICT (job) DO UPDATE SET next_run_at = excluded.next_run_at, counts = '{}',
    last_started_at = excluded.last_started_at, last_succeeded_at = excluded.last_succeeded_at,
    last_duration_ms = excluded.last_duration_ms, last_counts = r.counts
)
INSERT INTO audit_logs (actor_type, actor, action, resource_type, changes)
SELECT 'system', 'lifecycle', 'update', 'lifecycle',
  jsonb_build_object('job', job, 'now', $4::timestamptz, 'rows', counts)
FROM run WHERE counts <> '{}'`;

const checkBlocks = `
SELECT id, row_count, is_intact(b) AS intact FROM audit_blocks AS b
WHERE id > $1 ORDER BY id LIMIT $2::int`;

const bySystem = { partnerIds: [], actor: 'system' };

/** The statements of all jobs, and what is known of their runs. */
@Injectable()
export class LifecycleRepository {
  constructor(
    private readonly database: TenantDatabase,
    @InjectRepository(LifecycleRun) private readonly runs: Repository<LifecycleRun>,
  ) {}

  /** @returns `undefined` when another process is at this job */
  async change({ job, name, now, batchSize }: Step): Promise<Counts | undefined> {
    return this.database.run(bySystem, async (manager) => {
      const [turn] = await manager.query<{ taken: boolean }[]>(lock, [job]);
      if (!turn?.taken) return undefined;
      const counts = countsOf(await manager.query(lifecycleSteps[name], [now, batchSize, false]));
      if (Object.keys(counts).length > 0) await manager.query(addCounts, [job, counts]);
      await failpoint('lifecycle.before_commit');
      return counts;
    });
  }

  /** What the step would change; PostgreSQL refuses it here to change anything. */
  async count({ name, now, batchSize }: Step): Promise<Counts> {
    return this.database.run(bySystem, async (manager) => {
      await manager.query('SET TRANSACTION READ ONLY');
      return countsOf(await manager.query(lifecycleSteps[name], [now, batchSize, true]));
    });
  }

  /** Takes one job that is due, for this long. */
  async claimDue(jobs: readonly string[], leaseMs: number): Promise<ClaimedRun | undefined> {
    return (await this.database.statement<ClaimedRun>(bySystem, claim, [jobs, leaseMs]))[0];
  }

  async extend(job: string, leaseMs: number): Promise<void> {
    await this.database.statement(bySystem, extend, [job, leaseMs]);
  }

  /** Notes a run that came to its end, and writes all that was changed since the last one to the audit log. */
  async finish(job: string, now: Date, durationMs: number, againInMs: number): Promise<void> {
    const values = [job, againInMs, Math.ceil(durationMs), now];
    await this.database.statement(bySystem, finish, values);
  }

  list(): Promise<LifecycleRun[]> {
    return this.runs.find({ order: { job: 'ASC' } });
  }

  /** The ids of up to so many audit blocks after this one, and whether each is what was written. */
  async checkBlocks(after: string, count: number): Promise<CheckedBlock[]> {
    return this.database.statement<CheckedBlock>(bySystem, checkBlocks, [after, count]);
  }

  async databaseTime(): Promise<Date> {
    const text = 'SELECT clock_timestamp() AS now';
    const [row] = await this.database.statement<{ now: Date }>(bySystem, text, []);
    return row?.now ?? new Date();
  }
}

function countsOf(rows: CountRow[]): Counts {
  return Object.fromEntries(rows.map(({ done, rows: count }) => [done, Number(count)]));
}
