const columns = `p.id, p.name, p.email, p.api_key_prefix, p.is_active, p.rate_limit_per_minute,
  p.webhook_url, p.webhook_disabled_at, p.webhook_disabled_reason, p.metadata, p.created_at, p.updated_at, p.version`;

// What the audit log shows of a partner: no secret and no email.
const settingsBefore = `jsonb_build_object('name', b.name, 'is_active', b.is_active,
  'rate_limit_per_minute', b.rate_limit_per_minute, 'webhook_url', b.webhook_url,
  'version', b.version)`;
const settingsAfter = `jsonb_build_object('name', p.name, 'is_active', p.is_active,
  'rate_limit_per_minute', p.rate_limit_per_minute, 'webhook_url', p.webhook_url,
  'version', p.version)`;

/** The partner, its first key and the audit row. */
export const insertPartner = `
WITH p AS (
  INSERT INTO partners (id, name, email, api_key_hash, api_key_prefix, rate_limit_per_minute,
    webhook_url, webhook_secret, metadata)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb)
  RETURNING *
), api_key AS (
  INSERT INTO partner_api_keys (id, partner_id, prefix, hash)
  SELECT $10::uuid, id, api_key_prefix, api_key_hash FROM p
), audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
    ip_address, user_agent, request_id, http_status, changes)
  SELECT id, 'operator', $11::text, 'create', 'partner', id, $12::inet, $13::text, $14::uuid, 201,
    jsonb_build_object('after', ${settingsAfter})
  FROM p
)
SELECT ${columns} FROM p`;

export const findPartner = `
SELECT ${columns} FROM partners AS p WHERE p.id = $1 AND p.deleted_at IS NULL`;

/** The newest keys that were not revoked. */
export const listApiKeys = `
SELECT name, prefix, scopes, created_at AS "createdAt", last_used_at AS "lastUsedAt",
  expires_at AS "expiresAt"
FROM partner_api_keys WHERE partner_id = $1 AND revoked_at IS NULL
ORDER BY created_at DESC, id DESC LIMIT 20`;

/** A JavaScript Date would cut the microseconds of the position, and rows with them. */
export const listPartners = `
SELECT ${columns},
  to_char(p.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
FROM partners AS p
WHERE p.deleted_at IS NULL
  AND ($1::timestamptz IS NULL OR (p.created_at, p.id) < ($1::timestamptz, $2::uuid))
ORDER BY p.created_at DESC, p.id DESC
LIMIT $3`;

/** No row: no such partner. A row of nulls: it has another version. */
export const updatePartner = `
WITH b AS (
  SELECT * FROM partners WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE
), p AS (
  UPDATE partners AS t SET
    name = COALESCE($3::text, t.name),
    rate_limit_per_minute = COALESCE($4::int, t.rate_limit_per_minute),
    is_active = COALESCE($5::boolean, t.is_active),
    webhook_url = CASE WHEN $6::boolean THEN $7::text ELSE t.webhook_url END,
    webhook_disabled_at = CASE WHEN NOT $6::boolean THEN t.webhook_disabled_at END
  FROM b
  WHERE t.id = b.id AND ($2::int[] IS NULL OR b.version = ANY ($2::int[]))
  RETURNING t.*
), audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
    ip_address, user_agent, request_id, http_status, changes)
  SELECT p.id, 'operator', $8::text, 'update', 'partner', p.id, $9::inet, $10::text, $11::uuid, 200,
    jsonb_build_object('before', ${settingsBefore}, 'after', ${settingsAfter})
  FROM p JOIN b ON b.id = p.id
)
SELECT ${columns} FROM b LEFT JOIN p ON p.id = b.id`;

export const lockPartner = `
SELECT version FROM partners WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE`;

/** The new key, the end of all others, and the audit row. */
export const rotateKey = `
WITH ended AS (
  UPDATE partner_api_keys SET
    revoked_at = CASE WHEN $5::int = 0 THEN clock_timestamp() END,
    expires_at = LEAST(expires_at, clock_timestamp() + $5::int * interval '1 hour')
  WHERE partner_id = $1 AND revoked_at IS NULL
    AND (expires_at IS NULL OR expires_at > clock_timestamp())
  RETURNING prefix, expires_at
), created AS (
  INSERT INTO partner_api_keys (id, partner_id, prefix, hash)
  VALUES ($2, $1, $3, $4)
  RETURNING id, partner_id, prefix
), audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
    ip_address, user_agent, request_id, http_status, changes)
  SELECT partner_id, 'operator', $6::text, 'update', 'partner_api_key', id, $7::inet, $8::text,
    $9::uuid, 200, jsonb_build_object(
      'before', jsonb_build_object('api_key_prefixes', ARRAY(SELECT prefix FROM ended)),
      'after', jsonb_build_object('api_key_prefix', prefix, 'grace_period_hours', $5::int))
  FROM created
)
SELECT (SELECT max(expires_at) FROM ended) AS previous_keys_expire_at FROM created`;
