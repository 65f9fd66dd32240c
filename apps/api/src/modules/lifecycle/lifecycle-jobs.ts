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
  {
    name: 'events',
    rule: "After 1 year events are folded into their payment's history; empty months go.",
    steps: [
      'SELECT done, rows FROM fold_events($1::timestamptz, $2::int, $3::boolean)',
      'SELECT done, rows FROM drop_event_partitions($1::timestamptz, $2::int, $3::boolean)',
    ],
  },
  {
    name: 'audit-blocks',
    rule: 'Audit rows are packed 90 days after the end of their month, and deleted after 3 years.',
    steps: [
      'SELECT done, rows FROM pack_audit_logs($1::timestamptz, $2::int, $3::boolean)',
      'SELECT done, rows FROM drop_audit_partitions($1::timestamptz, $2::int, $3::boolean)',
      'SELECT done, rows FROM expire_audit_blocks($1::timestamptz, $2::int, $3::boolean)',
    ],
  },
  {
    name: 'deliveries',
    rule: 'Webhooks that were sent or given up, and those of providers that are done with, go after 90 days.',
    steps: [
      'SELECT done, rows FROM expire_deliveries($1::timestamptz, $2::int, $3::boolean)',
      'SELECT done, rows FROM expire_provider_webhooks($1::timestamptz, $2::int, $3::boolean)',
    ],
  },
  {
    name: 'transmissions',
    rule: 'Ids of sendings go 4 days after their signature is believed no more, which takes 4 days.',
    steps: ['SELECT done, rows FROM expire_transmissions($1::timestamptz, $2::int, $3::boolean)'],
  },
  {
    name: 'idempotency',
    rule: 'Idempotency keys and their stored answers go after 7 days; a payment keeps its own key.',
    steps: [
      'SELECT done, rows FROM expire_idempotency_keys($1::timestamptz, $2::int, $3::boolean)',
    ],
  },
];
