/** What was done, as in `webhook_deliveries_deleted`, and to how many rows. */
export type Counts = Record<string, number>;

/** One rule of what becomes of records with time. */
export interface LifecycleJob {
  name: string;
  /** For people. */
  rule: string;
  /**
   * Each step is one statement that is a transaction of its own and is repeated until it answers nothing.
   * $1: the moment that the rule is measured by, $2: how many rows at most, $3: only count all that is due.
   * It answers rows of `done` and `rows`, without zeros.
   */
  steps: readonly string[];
}

/** All jobs, in the order in which one run goes through them. */
export const lifecycleJobs: readonly LifecycleJob[] = [
  {
    name: 'partitions',
    rule: 'Events and the audit log have partitions for the next 3 months.',
    steps: ['SELECT done, rows FROM extend_partitions($1::timestamptz, $2::int, $3::boolean)'],
  },
];
