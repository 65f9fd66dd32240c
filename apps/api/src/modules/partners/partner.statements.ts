/** A cache may believe in a key for a moment after its end: such a key gets no successor. */
const callersKey = `
  SELECT k.name, k.scopes FROM partner_api_keys AS k JOIN partners AS o ON o.id = k.partner_id
  WHERE k.id = $2::uuid AND k.partner_id = $1 AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
    AND o.is_active AND o.deleted_at IS NULL`;

/** The newest keys of a partner that were not revoked. */
export const listApiKeys = `
SELECT name, prefix, scopes, created_at AS "createdAt", last_used_at AS "lastUsedAt",
  expires_at AS "expiresAt"
FROM partner_api_keys WHERE partner_id = $1 AND revoked_at IS NULL
ORDER BY created_at DESC, id DESC LIMIT 20`;

/**
 * A row, whether or not it has an accepted version. A URL that is saved again is enabled again. Nothing given:
 * nothing written.
 */
export const updatePartner = `
WITH b AS (
  SELECT id, webhook_url, version FROM partners WHERE id = $1 FOR NO KEY UPDATE
), p AS (
  UPDATE partners AS t SET
    webhook_url = CASE WHEN $3::boolean THEN $4::text ELSE t.webhook_url END,
    webhook_disabled_at = CASE WHEN $3::boolean THEN NULL ELSE t.webhook_disabled_at END,
    metadata = CASE WHEN $5::boolean THEN $6::jsonb ELSE t.metadata END
  FROM b
  WHERE t.id = b.id AND ($2::int[] IS NULL OR b.version = ANY ($2::int[]))
    AND ($3::boolean OR $5::boolean)
  RETURNING t.id, t.webhook_url, t.version
), audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
    ip_address, user_agent, request_id, http_status, changes)
  SELECT p.id, 'partner', $7::text, 'update', 'partner', p.id, $8::inet, $9::text, $10::uuid, 200,
    jsonb_build_object(
      'before', jsonb_build_object('webhook_url', b.webhook_url, 'version', b.version),
      'after', jsonb_build_object('webhook_url', p.webhook_url, 'version', p.version)
        || CASE WHEN $5::boolean THEN '{"metadata": "[redacted]"}' ELSE '{}' END::jsonb)
  FROM p JOIN b ON b.id = p.id
)
SELECT $2::int[] IS NULL OR b.version = ANY ($2::int[]) AS accepted FROM b`;

export const readWebhookSecret = `
SELECT webhook_secret AS "webhookSecret" FROM partners WHERE id = $1`;

/** The new key, the end of those with the same scopes, and the audit row. No row: the caller's key has ended. */
export const rotateApiKey = `
WITH caller AS (${callersKey}), ended AS (
  UPDATE partner_api_keys AS k SET
    revoked_at = CASE WHEN $3::int = 0 THEN clock_timestamp() END,
    expires_at = LEAST(k.expires_at, clock_timestamp() + $3::int * interval '1 s')
  FROM caller
  WHERE k.partner_id = $1 AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
    AND k.scopes @> caller.scopes AND k.scopes <@ caller.scopes
  RETURNING k.prefix, k.expires_at
), created AS (
  INSERT INTO partner_api_keys (id, partner_id, name, prefix, hash, scopes)
  SELECT $4::uuid, $1, name, $5, $6, scopes FROM caller
  RETURNING id, partner_id, prefix, scopes
), audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
    ip_address, user_agent, request_id, http_status, changes)
  SELECT partner_id, 'partner', $2::uuid::text, 'update', 'partner_api_key', id, $7::inet,
    $8::text, $9::uuid, 200, jsonb_build_object(
      'before', jsonb_build_object('api_key_prefixes', ARRAY(SELECT prefix FROM ended)),
      'after', jsonb_build_object('api_key_prefix', prefix, 'grace_seconds', $3::int))
  FROM created
)
SELECT scopes, (SELECT max(expires_at) FROM ended) AS "previousKeysExpireAt" FROM created`;

/** The new secret beside the one before, and the audit row. No row: the caller's key has ended. */
export const rotateWebhookSecret = `
WITH p AS (
  UPDATE partners SET webhook_secret = $4, webhook_secret_previous = $5::text,
    webhook_secret_previous_until =
      CASE WHEN $5::text IS NOT NULL THEN clock_timestamp() + $3::int * interval '1 s' END
  WHERE id = $1 AND EXISTS (${callersKey})
  RETURNING id, webhook_secret_previous_until
), audit AS (
  INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type, resource_id,
    ip_address, user_agent, request_id, http_status, changes)
  SELECT id, 'partner', $2::uuid::text, 'update', 'partner', id, $6::inet, $7::text, $8::uuid, 200,
    jsonb_build_object('after', jsonb_build_object('webhook_secret', '[redacted]',
      'grace_seconds', $3::int))
  FROM p
)
SELECT webhook_secret_previous_until AS "previousSecretExpiresAt" FROM p`;
