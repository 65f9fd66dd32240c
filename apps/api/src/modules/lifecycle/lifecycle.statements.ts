/**
 * The steps of all jobs. $1: the moment that the rule is measured by, $2: how many rows at most, $3: whether it
 * only counts all that is due. Each answers rows of `done` and `rows`, without zeros.
 */
export const lifecycleSteps = {
  extend_partitions:
    'SELECT done, rows FROM extend_partitions($1::timestamptz, $2::int, $3::boolean)',
  fold_events: 'SELECT done, rows FROM fold_events($1::timestamptz, $2::int, $3::boolean)',
  drop_event_partitions:
    'SELECT done, rows FROM drop_event_partitions($1::timestamptz, $2::int, $3::boolean)',
  pack_audit_logs: 'SELECT done, rows FROM pack_audit_logs($1::timestamptz, $2::int, $3::boolean)',
  drop_audit_partitions:
    'SELECT done, rows FROM drop_audit_partitions($1::timestamptz, $2::int, $3::boolean)',
  expire_audit_blocks:
    'SELECT done, rows FROM expire_audit_blocks($1::timestamptz, $2::int, $3::boolean)',
  expire_deliveries:
    'SELECT done, rows FROM expire_deliveries($1::timestamptz, $2::int, $3::boolean)',
  expire_provider_webhooks:
    'SELECT done, rows FROM expire_provider_webhooks($1::timestamptz, $2::int, $3::boolean)',
  expire_transmissions:
    'SELECT done, rows FROM expire_transmissions($1::timestamptz, $2::int, $3::boolean)',
  expire_idempotency_keys:
    'SELECT done, rows FROM expire_idempotency_keys($1::timestamptz, $2::int, $3::boolean)',
  archive_transactions:
    'SELECT done, rows FROM archive_transactions($1::timestamptz, $2::int, $3::boolean)',
  redact_transactions:
    'SELECT done, rows FROM redact_transactions($1::timestamptz, $2::int, $3::boolean)',
  redact_archive: 'SELECT done, rows FROM redact_archive($1::timestamptz, $2::int, $3::boolean)',
  forget_provider_webhooks:
    'SELECT done, rows FROM forget_provider_webhooks($1::timestamptz, $2::int, $3::boolean)',
  delete_transactions:
    'SELECT done, rows FROM delete_transactions($1::timestamptz, $2::int, $3::boolean)',
  delete_archive: 'SELECT done, rows FROM delete_archive($1::timestamptz, $2::int, $3::boolean)',
} as const;

export type StepName = keyof typeof lifecycleSteps;
