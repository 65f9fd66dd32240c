/**
 * Takes what is due, fairly: one delivery of each partner before the second of any. It steps through the index from
 * partner to partner, so that ten thousand deliveries of one cost no more than a few. `statement_timestamp()`, since
 * an index can't be asked for what is before `clock_timestamp()`; arrays of ids and LIMIT 1, since the planner can't
 * know how few rows there are, and would read the whole table to join them.
 *
 * $1 to $3: partners that send or are slow, how many deliveries they have under way, whether they are slow.
 * $4 and $5: how many deliveries may be taken, of all others and of slow partners.
 * $6 and $7: how many one partner may have under way, and one that is slow.
 */
export const claimDeliveries = `
WITH RECURSIVE owed AS (
  (SELECT partner_id, next_attempt_at FROM webhook_deliveries WHERE status = 'pending'
    ORDER BY partner_id, next_attempt_at LIMIT 1)
  UNION ALL
  SELECT following.partner_id, following.next_attempt_at
  FROM owed CROSS JOIN LATERAL (
    SELECT d.partner_id, d.next_attempt_at FROM webhook_deliveries AS d
    WHERE d.status = 'pending' AND d.partner_id > owed.partner_id
    ORDER BY d.partner_id, d.next_attempt_at LIMIT 1) AS following
), endpoint AS (
  SELECT p.id AS partner_id, COALESCE(b.is_slow, false) AS is_slow, COALESCE(b.running, 0) AS running,
    CASE WHEN b.is_slow THEN $7::int ELSE $6::int END - COALESCE(b.running, 0) AS free
  FROM owed JOIN partners AS p ON p.id = owed.partner_id
  LEFT JOIN unnest($1::uuid[], $2::int[], $3::boolean[]) AS b (partner_id, running, is_slow)
    ON b.partner_id = p.id
  WHERE owed.next_attempt_at <= statement_timestamp() AND p.webhook_url IS NOT NULL
    AND p.webhook_disabled_at IS NULL AND p.is_active AND p.deleted_at IS NULL
), candidate AS (
  SELECT due.id, due.next_attempt_at, e.is_slow,
    e.running + row_number() OVER (PARTITION BY e.partner_id ORDER BY due.next_attempt_at) AS turn
  FROM endpoint AS e CROSS JOIN LATERAL (
    SELECT d.id, d.next_attempt_at FROM webhook_deliveries AS d
    WHERE d.partner_id = e.partner_id AND d.status = 'pending'
      AND d.next_attempt_at <= statement_timestamp()
      AND (d.leased_until IS NULL OR d.leased_until <= statement_timestamp())
    ORDER BY d.next_attempt_at LIMIT GREATEST(e.free, 0)) AS due
), chosen AS (
  SELECT id, is_slow,
    row_number() OVER (PARTITION BY is_slow ORDER BY turn, next_attempt_at) AS place
  FROM candidate
), locked AS MATERIALIZED (
  SELECT d.id FROM webhook_deliveries AS d
  WHERE d.id = ANY (ARRAY(SELECT chosen.id FROM chosen
      WHERE chosen.place <= CASE WHEN chosen.is_slow THEN $5::int ELSE $4::int END))
    AND d.status = 'pending' AND d.next_attempt_at <= statement_timestamp()
    AND (d.leased_until IS NULL OR d.leased_until <= statement_timestamp())
  FOR NO KEY UPDATE OF d SKIP LOCKED
), taken AS (
  UPDATE webhook_deliveries AS d SET attempt_count = d.attempt_count + 1,
    leased_until = clock_timestamp() + $8::int * interval '1 ms'
  WHERE d.id = ANY (ARRAY(SELECT locked.id FROM locked))
  RETURNING d.*
)
SELECT d.id, d.partner_id, d.transaction_id, d.type, d.attempt_count, d.event_created_at,
  e.refund_id, e.sequence, e.from_status, p.webhook_url AS url, p.webhook_secret AS secret,
  p.version AS partner_version,
  CASE WHEN p.webhook_secret_previous_until > clock_timestamp()
    THEN p.webhook_secret_previous END AS previous_secret,
  COALESCE(EXTRACT(epoch FROM clock_timestamp() - p.webhook_failing_since) * 1000, 0)::float8
    AS failing_for_ms,
  EXTRACT(epoch FROM clock_timestamp())::int AS taken_at
FROM taken AS d JOIN partners AS p ON p.id = d.partner_id
CROSS JOIN LATERAL (
  SELECT t.refund_id, t.sequence, t.from_status FROM transaction_events AS t
  WHERE t.id = d.event_id AND t.created_at = d.event_created_at LIMIT 1) AS e`;
