// Each statement gives one row: how many rows it looked at, how many break the rule, and up to ten of
// their ids. It looks at all rows of its tables, so that 0 means that they are empty. One statement
// sees one snapshot: payments that run meanwhile raise no false alarm.

export const successfulCharges = `
SELECT COALESCE(sum(attempts), 0) AS checked, count(*) FILTER (WHERE broken) AS violations,
  (array_agg(id ORDER BY id) FILTER (WHERE broken))[1:10] AS examples
FROM (
  SELECT a.transaction_id::text AS id, count(*) AS attempts,
    count(*) FILTER (WHERE a.status = 'completed') <> CASE
      WHEN t.status IN ('completed', 'partially_refunded', 'refunded') THEN 1 ELSE 0 END AS broken
  FROM public.attempt_records AS a
  LEFT JOIN public.transaction_records AS t ON t.id = a.transaction_id
  GROUP BY a.transaction_id, t.status
) AS charged`;

export const refundTotals = `
SELECT count(*) AS checked, count(*) FILTER (WHERE broken) AS violations,
  (array_agg(id ORDER BY id) FILTER (WHERE broken))[1:10] AS examples
FROM (
  SELECT t.id::text AS id, t.amount_refund_reserved > t.amount
    OR t.amount_refund_reserved <> COALESCE(held.reserved, 0)
    OR t.amount_refunded <> COALESCE(held.refunded, 0) AS broken
  FROM public.transaction_records AS t
  LEFT JOIN (
    SELECT transaction_id,
      sum(amount - refund_excess) FILTER (WHERE status <> 'failed') AS reserved,
      sum(amount - refund_excess) FILTER (WHERE status = 'completed') AS refunded
    FROM public.refund_records
    GROUP BY transaction_id
  ) AS held ON held.transaction_id = t.id
) AS totals`;

/**
 * What is due may be a quarter of an hour late. What has no date left waits for a person: a payment
 * of the manual provider, or one whose provider was asked to the end of the schedule. The schedule
 * ends within eight days, and a payment waits for its confirmation for a day at most before it.
 */
export const overdueWork = `
SELECT count(*) AS checked, count(*) FILTER (WHERE broken) AS violations,
  (array_agg(id ORDER BY id) FILTER (WHERE broken))[1:10] AS examples
FROM (
  SELECT id::text AS id, CASE status
    WHEN 'pending' THEN COALESCE(expires_at < $1::timestamptz - interval '15 minutes', true)
    WHEN 'processing' THEN CASE
      WHEN next_sync_at IS NULL THEN provider <> 'manual' AND sync_count < 11
      ELSE next_sync_at < $1::timestamptz - interval '15 minutes'
        OR created_at < $1::timestamptz - interval '9 days' END
    ELSE false END AS broken
  FROM public.transactions
  UNION ALL
  SELECT id::text, status IN ('pending', 'processing') AND CASE
    WHEN next_sync_at IS NULL THEN provider <> 'manual' AND sync_count < 11
    ELSE next_sync_at < $1::timestamptz - interval '15 minutes'
      OR created_at < $1::timestamptz - interval '8 days' END
  FROM public.refunds
  UNION ALL
  SELECT id::text, status IN ('received', 'parked')
    AND COALESCE(next_attempt_at < $1::timestamptz - interval '15 minutes', true)
  FROM public.provider_webhooks
) AS in_flight`;

export const providerIds = `
SELECT count(*) AS checked, count(*) FILTER (WHERE broken) AS violations,
  (array_agg(id ORDER BY id) FILTER (WHERE broken))[1:10] AS examples
FROM (
  SELECT id::text AS id, status IN ('completed', 'partially_refunded', 'refunded')
    AND COALESCE(provider_transaction_id, '') = '' AS broken
  FROM public.transaction_records
) AS payment`;
