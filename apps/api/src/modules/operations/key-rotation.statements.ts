// Each reading takes the key of the last row that was seen and how many rows come next. Each
// rewriting leaves alone a row that is locked or no longer what was read: nothing waits for a
// rotation, and no update is lost.

const transactionValues = `jsonb_build_object('customer_email', t.customer_email,
  'customer_email_hash', t.customer_email_hash, 'customer_name', t.customer_name,
  'customer_phone', t.customer_phone)`;
const partnerValues = `jsonb_build_object('webhook_secret', t.webhook_secret,
  'webhook_secret_previous', t.webhook_secret_previous)`;
const attemptValues = `jsonb_build_object('answer', t.answer)`;
const answerValues = `jsonb_build_object('response', t.response)`;
const webhookValues = `jsonb_build_object('body', t.body)`;

const changes = `change AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS c (key text[], before jsonb, after jsonb)
)`;

export const readTransactions = `
SELECT ARRAY[t.id::text] AS key, ${transactionValues} AS values
FROM transactions AS t WHERE t.id > ($1::text[])[1]::uuid ORDER BY t.id LIMIT $2`;

export const rewriteTransactions = `
WITH ${changes}, same AS (
  SELECT t.id, change.after FROM transactions AS t JOIN change ON t.id = change.key[1]::uuid
  WHERE ${transactionValues} = change.before
  FOR NO KEY UPDATE OF t SKIP LOCKED
)
UPDATE transactions AS t SET customer_email = same.after ->> 'customer_email',
  customer_email_hash = same.after ->> 'customer_email_hash',
  customer_name = same.after ->> 'customer_name',
  customer_phone = same.after ->> 'customer_phone'
FROM same WHERE t.id = same.id
RETURNING ARRAY[t.id::text] AS key`;

export const readArchive = `
SELECT ARRAY[t.id::text] AS key, ${transactionValues} AS values
FROM transactions_archive AS t WHERE t.id > ($1::text[])[1]::uuid ORDER BY t.id LIMIT $2`;

export const rewriteArchive = `
WITH ${changes}, same AS (
  SELECT t.id, change.after FROM transactions_archive AS t JOIN change ON t.id = change.key[1]::uuid
  WHERE ${transactionValues} = change.before
  FOR NO KEY UPDATE OF t SKIP LOCKED
)
UPDATE transactions_archive AS t SET customer_email = same.after ->> 'customer_email',
  customer_email_hash = same.after ->> 'customer_email_hash',
  customer_name = same.after ->> 'customer_name',
  customer_phone = same.after ->> 'customer_phone'
FROM same WHERE t.id = same.id
RETURNING ARRAY[t.id::text] AS key`;

export const readPartners = `
SELECT ARRAY[t.id::text] AS key, ${partnerValues} AS values
FROM partners AS t WHERE t.id > ($1::text[])[1]::uuid ORDER BY t.id LIMIT $2`;

export const rewritePartners = `
WITH ${changes}, same AS (
  SELECT t.id, change.after FROM partners AS t JOIN change ON t.id = change.key[1]::uuid
  WHERE ${partnerValues} = change.before
  FOR NO KEY UPDATE OF t SKIP LOCKED
)
UPDATE partners AS t SET webhook_secret = same.after ->> 'webhook_secret',
  webhook_secret_previous = same.after ->> 'webhook_secret_previous'
FROM same WHERE t.id = same.id
RETURNING ARRAY[t.id::text] AS key`;

/** The fingerprint of a request can't be made anew: its key is needed until the row expires. */
export const readAnswers = `
SELECT ARRAY[t.partner_id::text, t.route, t.key] AS key, ${answerValues} AS values,
  CASE WHEN t.expires_at > clock_timestamp() THEN jsonb_build_object('until', t.expires_at,
    'hash', (SELECT f.value FROM jsonb_each_text(t.fields) AS f LIMIT 1)) END AS fingerprint
FROM idempotency_keys AS t
WHERE (t.partner_id, t.route, t.key) > (($1::text[])[1]::uuid, ($1::text[])[2], ($1::text[])[3])
ORDER BY t.partner_id, t.route, t.key LIMIT $2`;

export const rewriteAnswers = `
WITH ${changes}, same AS (
  SELECT t.partner_id, t.route, t.key, change.after ->> 'response' AS response
  FROM idempotency_keys AS t
  JOIN change ON (t.partner_id, t.route, t.key) = (change.key[1]::uuid, change.key[2], change.key[3])
  WHERE ${answerValues} = change.before
  FOR NO KEY UPDATE OF t SKIP LOCKED
)
UPDATE idempotency_keys AS t SET response = same.response,
  response_hash = encode(sha256(convert_to(same.response, 'UTF8')), 'hex')
FROM same WHERE (t.partner_id, t.route, t.key) = (same.partner_id, same.route, same.key)
RETURNING ARRAY[t.partner_id::text, t.route, t.key] AS key`;

export const readWebhooks = `
SELECT ARRAY[t.id::text] AS key, ${webhookValues} AS values
FROM provider_webhooks AS t WHERE t.id > ($1::text[])[1]::uuid ORDER BY t.id LIMIT $2`;

export const rewriteWebhooks = `
WITH ${changes}, same AS (
  SELECT t.id, change.after FROM provider_webhooks AS t JOIN change ON t.id = change.key[1]::uuid
  WHERE ${webhookValues} = change.before
  FOR NO KEY UPDATE OF t SKIP LOCKED
)
UPDATE provider_webhooks AS t SET body = same.after ->> 'body'
FROM same WHERE t.id = same.id
RETURNING ARRAY[t.id::text] AS key`;

export const readAttempts = `
SELECT ARRAY[t.delivery_id::text, t.number::text] AS key, ${attemptValues} AS values
FROM webhook_delivery_attempts AS t
WHERE (t.delivery_id, t.number) > (($1::text[])[1]::uuid, COALESCE(NULLIF(($1::text[])[2], '')::int, 0))
ORDER BY t.delivery_id, t.number LIMIT $2`;

export const rewriteAttempts = `
WITH ${changes}, same AS (
  SELECT t.delivery_id, t.number, change.after FROM webhook_delivery_attempts AS t
  JOIN change ON (t.delivery_id, t.number) = (change.key[1]::uuid, change.key[2]::int)
  WHERE ${attemptValues} = change.before
  FOR NO KEY UPDATE OF t SKIP LOCKED
)
UPDATE webhook_delivery_attempts AS t SET answer = same.after ->> 'answer'
FROM same WHERE (t.delivery_id, t.number) = (same.delivery_id, same.number)
RETURNING ARRAY[t.delivery_id::text, t.number::text] AS key`;

export const insertAudit = `
INSERT INTO audit_logs (actor_type, actor, action, resource_type, changes)
VALUES ('system', 'command', 'update', 'encryption_keys', jsonb_build_object('after', $1::jsonb))`;
