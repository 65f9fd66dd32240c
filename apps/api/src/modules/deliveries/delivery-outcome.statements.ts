// $1 delivery, $2 number of the attempt, $3 URL, $4 to $10 what came of it, $11 its next attempt in ms.
// Who took the delivery after a lease that ran out has the last word. What is known of a URL counts
// for that URL alone. A delivery that was asked for again while it was being sent is due at once, unless it arrived.

const attempt = `asked AS (
  SELECT id, $10::text <> 'delivered'
    AND next_attempt_at > clock_timestamp() - $9::int * interval '1 ms' AS again
  FROM webhook_deliveries WHERE id = $1 AND attempt_count = $2::int FOR NO KEY UPDATE
), d AS (
  UPDATE webhook_deliveries AS w SET leased_until = NULL,
    status = CASE WHEN asked.again THEN 'pending' ELSE $10::text END,
    next_attempt_at = clock_timestamp()
      + CASE WHEN asked.again THEN 0 ELSE $11::bigint END * interval '1 ms',
    delivered_at = CASE WHEN $10::text = 'delivered' THEN clock_timestamp() ELSE delivered_at END
  FROM asked WHERE w.id = asked.id
), attempt AS (
  INSERT INTO webhook_delivery_attempts (delivery_id, number, partner_id, url, request_headers,
    body_hash, http_status, failure_reason, answer, duration_ms, started_at)
  SELECT id, $2::int, partner_id, $3::text, $4::jsonb, $5::text, $6::int, $7::text, $8::text, $9::int,
    clock_timestamp() - $9::int * interval '1 ms'
  FROM webhook_deliveries WHERE id = $1
  RETURNING partner_id, started_at
)`;

export const recordSuccess = `
WITH ${attempt}
UPDATE partners AS p SET webhook_failing_since = NULL FROM attempt
WHERE p.id = attempt.partner_id AND p.webhook_url = $3::text
  AND p.webhook_failing_since IS NOT NULL`;

export const recordFailure = `
WITH ${attempt}
UPDATE partners AS p SET webhook_failing_since = attempt.started_at FROM attempt
WHERE p.id = attempt.partner_id AND p.webhook_url = $3::text AND p.webhook_failing_since IS NULL
  AND $7::text IS DISTINCT FROM 'unreadable'`;

/**
 * $12: why nothing more is sent there. $13: how long it must have failed, in ms: a success may have come meanwhile.
 * $14: the version of the partner when the delivery was taken: who saves a URL again wants it to be tried again.
 */
export const recordEnd = `
WITH ${attempt}, p AS (
  UPDATE partners AS p SET webhook_disabled_at = clock_timestamp(), webhook_disabled_reason = $12::text
  FROM attempt
  WHERE p.id = attempt.partner_id AND p.webhook_url = $3::text AND p.webhook_disabled_at IS NULL
    AND p.version = $14::int
    AND ($12::text = 'gone'
      OR p.webhook_failing_since <= clock_timestamp() - $13::bigint * interval '1 ms')
  RETURNING p.id
), audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id, changes)
  SELECT id, 'system', 'worker', 'update', 'partner', id,
    jsonb_build_object('after', jsonb_build_object('webhook_disabled_reason', $12::text))
  FROM p
)
SELECT id FROM p`;
