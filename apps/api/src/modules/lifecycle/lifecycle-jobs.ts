import type { StepName } from './lifecycle.statements.js';

/** What was done, as in `webhook_deliveries_deleted`, and to how many rows. */
export type Counts = Record<string, number>;

/** One rule of what becomes of records with time. */
export interface LifecycleJob {
  name: string;
  /** For people. */
  rule: string;
  /** Each is one database transaction, repeated until nothing is due. */
  steps: readonly StepName[];
}

/** All jobs, in the order in which one run goes through them. */
export const lifecycleJobs: readonly LifecycleJob[] = [
  {
    name: 'partitions',
    rule: 'Events and the audit log have partitions for the next 3 months.',
    steps: ['extend_partitions'],
  },
  {
    name: 'events',
    rule: "After 1 year events are folded into their payment's history; empty months go.",
    steps: ['fold_events', 'drop_event_partitions'],
  },
  {
    name: 'audit-blocks',
    rule: 'Audit rows are packed 90 days after the end of their month, and deleted after 3 years.',
    steps: ['pack_audit_logs', 'drop_audit_partitions', 'expire_audit_blocks'],
  },
  {
    name: 'deliveries',
    rule: 'Webhooks that were sent or given up, and those of providers that are done with, go after 90 days.',
    steps: ['expire_deliveries', 'expire_provider_webhooks'],
  },
  {
    name: 'transmissions',
    rule: 'Ids of sendings go 4 days after their signature is believed no more, which takes 4 days.',
    steps: ['expire_transmissions'],
  },
  {
    name: 'idempotency',
    rule: 'Idempotency keys and their stored answers go after 7 days; a payment keeps its own key.',
    steps: ['expire_idempotency_keys'],
  },
  {
    name: 'archive',
    rule: 'Payments move to the archive 2 years after their end, once nothing about them is open.',
    steps: ['archive_transactions'],
  },
  {
    name: 'personal-data',
    rule: 'What tells of the payer goes from payments, and from all that is theirs, 7 years after their end.',
    steps: ['forget_provider_webhooks', 'redact_transactions', 'redact_archive'],
  },
  {
    name: 'deletion',
    rule: 'Payments are deleted with all that is theirs 10 years after their end.',
    steps: ['delete_transactions', 'delete_archive'],
  },
];
