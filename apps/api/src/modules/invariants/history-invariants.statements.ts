/**
 * The events of a payment and those of each refund continue one another: a change without an event,
 * or with two, breaks the chain, or the last event differs from the row.
 */
export const statusEvents = `
SELECT count(*) AS checked, count(*) FILTER (WHERE broken) AS violations,
  (array_agg(id ORDER BY id) FILTER (WHERE broken))[1:10] AS examples
FROM (
  SELECT subject.id::text AS id, NOT COALESCE(
    history.is_continuous AND history.last_status = subject.status, false) AS broken
  FROM (
    SELECT id, status::text AS status FROM public.transaction_records
    UNION ALL
    SELECT id, status::text FROM public.refund_records
  ) AS subject
  LEFT JOIN (
    SELECT id, bool_and(from_status IS NOT DISTINCT FROM previous_status) AS is_continuous,
      max(status) FILTER (WHERE next_sequence IS NULL) AS last_status
    FROM (
      SELECT COALESCE(refund_id, transaction_id) AS id, from_status, status,
        lag(status) OVER chain AS previous_status, lead(sequence) OVER chain AS next_sequence
      FROM public.transaction_timeline
      WHERE status IS NOT NULL
      WINDOW chain AS (PARTITION BY COALESCE(refund_id, transaction_id) ORDER BY sequence)
    ) AS event
    GROUP BY id
  ) AS history ON history.id = subject.id
) AS told`;

/** As `from>to by actor`. A test compares them with the state machine of payments. */
export const legalPaymentMoves = `
  '>pending by partner', '>pending by operator', '>processing by partner',
  'pending>processing by partner', 'pending>cancelled by partner',
  'pending>cancelled by operator', 'pending>cancelled by system', 'pending>failed by system',
  'pending>completed by provider', 'processing>completed by provider',
  'processing>completed by operator', 'processing>failed by provider',
  'processing>failed by operator', 'processing>failed by system',
  'processing>cancelled by provider', 'failed>completed by provider',
  'cancelled>completed by provider'`;

/** Moves that follow from refunds, whoever made those. */
export const derivedPaymentMoves = `
  'completed>partially_refunded', 'completed>refunded', 'partially_refunded>refunded',
  'partially_refunded>completed', 'refunded>partially_refunded', 'refunded>completed'`;

/** As `from>to by actor`. A test compares them with the state machine of refunds. */
export const legalRefundMoves = `
  '>pending by partner', '>pending by operator', '>pending by provider',
  '>processing by partner', '>processing by operator', '>processing by provider',
  '>completed by provider', 'pending>processing by system', 'pending>completed by provider',
  'pending>completed by operator', 'pending>failed by provider', 'pending>failed by operator',
  'pending>failed by system', 'processing>completed by provider',
  'processing>completed by operator', 'processing>failed by provider',
  'processing>failed by operator', 'processing>failed by system', 'completed>failed by provider'`;

export const legalTransitions = `
SELECT count(*) AS checked, count(*) FILTER (WHERE NOT legal) AS violations,
  (array_agg(id ORDER BY id) FILTER (WHERE NOT legal))[1:10] AS examples
FROM (
  SELECT event_id AS id, move IS NULL OR COALESCE(CASE WHEN refund_id IS NULL
    THEN move IN (${derivedPaymentMoves}) OR move || ' by ' || actor IN (${legalPaymentMoves})
    ELSE move || ' by ' || actor IN (${legalRefundMoves}) END, false) AS legal
  FROM (
    SELECT id::text AS event_id, refund_id, COALESCE(from_status, '') || '>' || status AS move,
      split_part(created_by, ':', 1) AS actor
    FROM public.transaction_timeline
  ) AS event
) AS moves`;

/**
 * An event within half a minute of the moment when the partner gave its URL may have been written
 * by a statement that did not see it yet. Deliveries are kept for 90 days.
 */
export const outbox = `
SELECT count(*) AS checked, count(*) FILTER (WHERE broken) AS violations,
  (array_agg(id ORDER BY id) FILTER (WHERE broken))[1:10] AS examples
FROM (
  SELECT e.id::text AS id, d.id IS NULL
    AND COALESCE(e.created_at > p.webhook_url_since + interval '30 seconds', false)
    AND e.created_at > $1::timestamptz - interval '90 days'
    AND (e.event_type IN ('created', 'payment_processing', 'payment_completed', 'payment_failed',
        'payment_cancelled', 'refund_initiated', 'refund_processing', 'refund_completed',
        'refund_failed')
      OR (e.event_type = 'status_changed' AND e.status IN ('partially_refunded', 'refunded'))) AS broken
  FROM public.transaction_events AS e
  LEFT JOIN public.partners AS p ON p.id = e.partner_id
  LEFT JOIN public.webhook_deliveries AS d ON d.event_id = e.id
) AS event`;

export const sequences = `
SELECT count(*) AS checked, count(*) FILTER (WHERE broken) AS violations,
  (array_agg(id ORDER BY id) FILTER (WHERE broken))[1:10] AS examples
FROM (
  SELECT t.id::text AS id, t.last_sequence <> COALESCE(e.numbers, 0)
    OR t.last_sequence <> e.highest OR e.numbers <> e.events AS broken
  FROM public.transaction_records AS t
  LEFT JOIN (
    SELECT transaction_id, count(*) AS events, count(DISTINCT sequence) AS numbers,
      max(sequence) AS highest
    FROM public.transaction_timeline
    GROUP BY transaction_id
  ) AS e ON e.transaction_id = t.id
) AS counted`;
