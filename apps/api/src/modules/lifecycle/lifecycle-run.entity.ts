import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Counts } from './lifecycle-jobs.js';

@Entity('lifecycle_runs')
export class LifecycleRun {
  @PrimaryColumn('varchar', { length: 50 }) job: string;
  @Column('timestamptz') nextRunAt: Date;
  /** Of the run that is under way, or that died. */
  @Column('jsonb') counts: Counts;
  @Column('timestamptz', { nullable: true }) lastStartedAt: Date | null;
  @Column('timestamptz', { nullable: true }) lastSucceededAt: Date | null;
  @Column('int', { nullable: true }) lastDurationMs: number | null;
  @Column('jsonb') lastCounts: Counts;
}
