/** Rows of `name`, `label` and `value`. Of payments and refunds it reads the open ones alone, by their partial indexes. */
export const readWork = `
WITH payment AS MATERIALIZED (
  SELECT status, created_at, next_sync_at FROM public.transactions
  WHERE status IN ('pending', 'processing') AND deleted_at IS NULL
), refund AS MATERIALIZED (
  SELECT status, created_at, next_sync_at FROM public.refunds
  WHERE status IN ('pending', 'processing') AND deleted_at IS NULL
), webhook AS MATERIALIZED (
  SELECT status, next_attempt_at FROM public.provider_webhooks
  WHERE status IN ('received', 'parked')
), state AS (
  SELECT label FROM unnest(ARRAY['pending', 'processing']) AS label
)
SELECT 'payments_open' AS name, label, (SELECT count(*) FROM payment
  WHERE status::text = label)::double precision AS value FROM state
UNION ALL
SELECT 'payments_open_oldest_seconds', label, COALESCE(EXTRACT(epoch FROM clock_timestamp() -
  (SELECT min(created_at) FROM payment WHERE status::text = label)), 0)::double precision FROM state
UNION ALL
SELECT 'refunds_open', label, (SELECT count(*) FROM refund
  WHERE status::text = label)::double precision FROM state
UNION ALL
SELECT 'refunds_open_oldest_seconds', label, COALESCE(EXTRACT(epoch FROM clock_timestamp() -
  (SELECT min(created_at) FROM refund WHERE status::text = label)), 0)::double precision FROM state
UNION ALL
SELECT 'provider_webhooks_waiting', label, (SELECT count(*) FROM webhook
  WHERE status = label)::double precision FROM unnest(ARRAY['received', 'parked']) AS label
UNION ALL
SELECT 'work_overdue_seconds', label, GREATEST(0, COALESCE(
  EXTRACT(epoch FROM clock_timestamp() - due), 0))::double precision
FROM (
  SELECT 'payments' AS label, min(next_sync_at) AS due FROM payment WHERE status = 'processing'
  UNION ALL SELECT 'refunds', min(next_sync_at) FROM refund
  UNION ALL SELECT 'provider_webhooks', min(next_attempt_at) FROM webhook
) AS oldest
UNION ALL
SELECT 'review_items_open', kind, count(*)::double precision FROM public.review_items
WHERE status = 'open' GROUP BY kind`;

/** The same of what keeps the database itself well: from catalogues and statistics, no table of payments is read. */
export const readHealth = `
WITH parent (label) AS (VALUES ('transaction_events'), ('audit_logs'))
SELECT 'partition_headroom_seconds' AS name, label, (SELECT EXTRACT(epoch FROM
    max(to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month')
    - clock_timestamp() AT TIME ZONE 'UTC')
  FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
  WHERE i.inhparent = to_regclass('public.' || label) AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
  )::double precision AS value
FROM parent
UNION ALL
SELECT 'partition_overflow_bytes', label,
  pg_relation_size(to_regclass('public.' || label || '_default'))::double precision FROM parent
UNION ALL
SELECT 'backup_heartbeat_age_seconds', NULL, EXTRACT(epoch FROM clock_timestamp() -
  (SELECT max(written_at) FROM public.backup_heartbeats))::double precision
UNION ALL
SELECT 'wal_archive_age_seconds', NULL, EXTRACT(epoch FROM clock_timestamp() -
  (SELECT last_archived_time FROM pg_stat_archiver))::double precision
WHERE current_setting('archive_mode') <> 'off'
UNION ALL
SELECT 'wal_archive_failures', NULL, (SELECT failed_count FROM pg_stat_archiver)::double precision
UNION ALL
(SELECT 'oldest_transaction', NULL, transactionid::text::double precision FROM pg_locks
WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted
ORDER BY age(transactionid) DESC LIMIT 1)`;
