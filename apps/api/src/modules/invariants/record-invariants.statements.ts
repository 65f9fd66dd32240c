/** A partner chooses its keys freely, so the example is the keyed fingerprint of the request. */
export const readableWrites = `
SELECT count(*) AS checked, count(*) FILTER (WHERE broken) AS violations,
  (array_agg(id ORDER BY id) FILTER (WHERE broken))[1:10] AS examples
FROM (
  SELECT k.fingerprint::text AS id, k.http_status IS NOT NULL AND CASE k.resource_type
    WHEN 'transaction' THEN t.id IS NULL
    WHEN 'refund' THEN r.id IS NULL
    ELSE k.resource_id IS NULL AND k.http_status < 300 END AS broken
  FROM public.idempotency_keys AS k
  LEFT JOIN public.transaction_records AS t ON t.id = k.resource_id AND t.partner_id = k.partner_id
  LEFT JOIN public.refund_records AS r ON r.id = k.resource_id AND r.partner_id = k.partner_id
) AS claimed`;

/** Rows that a composite foreign key holds are looked at as well: a key can be dropped. In the archive is all of a payment, or nothing. */
export const oneOwner = `
SELECT count(*) AS checked, count(*) FILTER (WHERE broken) AS violations,
  (array_agg(id ORDER BY id) FILTER (WHERE broken))[1:10] AS examples
FROM (
  SELECT a.id::text AS id, (a.partner_id, a.archived) IS DISTINCT FROM (t.partner_id, t.archived)
    AS broken
  FROM public.attempt_records AS a
  LEFT JOIN public.transaction_records AS t ON t.id = a.transaction_id
  UNION ALL
  SELECT r.id::text, (r.partner_id, r.archived) IS DISTINCT FROM (t.partner_id, t.archived)
  FROM public.refund_records AS r
  LEFT JOIN public.transaction_records AS t ON t.id = r.transaction_id
  UNION ALL
  SELECT e.id::text, e.partner_id IS DISTINCT FROM t.partner_id OR (e.refund_id IS NOT NULL
    AND (e.partner_id, e.transaction_id) IS DISTINCT FROM (r.partner_id, r.transaction_id))
  FROM public.transaction_timeline AS e
  LEFT JOIN public.transaction_records AS t ON t.id = e.transaction_id
  LEFT JOIN public.refund_records AS r ON r.id = e.refund_id
  UNION ALL
  SELECT d.id::text, d.partner_id IS DISTINCT FROM t.partner_id
  FROM public.webhook_deliveries AS d
  LEFT JOIN public.transaction_records AS t ON t.id = d.transaction_id
  UNION ALL
  SELECT a.delivery_id::text, a.partner_id IS DISTINCT FROM d.partner_id
  FROM public.webhook_delivery_attempts AS a
  LEFT JOIN public.webhook_deliveries AS d ON d.id = a.delivery_id
  UNION ALL
  SELECT w.id::text, w.partner_id IS DISTINCT FROM t.partner_id OR (w.refund_id IS NOT NULL
    AND (w.partner_id, w.transaction_id) IS DISTINCT FROM (r.partner_id, r.transaction_id))
  FROM public.provider_webhooks AS w
  LEFT JOIN public.transaction_records AS t ON t.id = w.transaction_id
  LEFT JOIN public.refund_records AS r ON r.id = w.refund_id
  WHERE w.transaction_id IS NOT NULL
  UNION ALL
  SELECT i.id::text, i.partner_id IS DISTINCT FROM t.partner_id OR (i.refund_id IS NOT NULL
    AND (i.partner_id, i.transaction_id) IS DISTINCT FROM (r.partner_id, r.transaction_id))
  FROM public.review_items AS i
  LEFT JOIN public.transaction_records AS t ON t.id = i.transaction_id
  LEFT JOIN public.refund_records AS r ON r.id = i.refund_id
  WHERE i.transaction_id IS NOT NULL
) AS child`;

export const storedAnswers = `
SELECT count(*) AS checked, count(*) FILTER (WHERE broken) AS violations,
  (array_agg(id ORDER BY id) FILTER (WHERE broken))[1:10] AS examples
FROM (
  SELECT fingerprint::text AS id, response IS NOT NULL
    AND encode(sha256(convert_to(response, 'UTF8')), 'hex') IS DISTINCT FROM response_hash AS broken
  FROM public.idempotency_keys
) AS claimed`;

/** The rows of a default partition are looked for only when it has a page: that reads all months. */
export const partitions = `
SELECT count(*) AS checked, count(*) FILTER (WHERE broken) AS violations,
  (array_agg(id ORDER BY id) FILTER (WHERE broken))[1:10] AS examples
FROM (
  SELECT needed.id, NOT EXISTS (
    SELECT FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass(needed.parent) AND c.relname = needed.id) AS broken
  FROM (
    SELECT 'public.' || parent AS parent, parent || to_char(
      date_trunc('month', $1::timestamptz AT TIME ZONE 'UTC') + make_interval(months => n),
      '_YYYY_MM') AS id
    FROM unnest(ARRAY['transaction_events', 'audit_logs']) AS parent, generate_series(0, 1) AS n
  ) AS needed
  UNION ALL
  SELECT 'transaction_events_default', CASE
    WHEN pg_relation_size('public.transaction_events_default') = 0 THEN false
    ELSE EXISTS (SELECT FROM public.transaction_events
      WHERE tableoid = 'public.transaction_events_default'::regclass) END
  UNION ALL
  SELECT 'audit_logs_default', CASE
    WHEN pg_relation_size('public.audit_logs_default') = 0 THEN false
    ELSE EXISTS (SELECT FROM public.audit_logs
      WHERE tableoid = 'public.audit_logs_default'::regclass) END
) AS partition`;
