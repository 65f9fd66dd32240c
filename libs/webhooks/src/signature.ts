import { createHmac, timingSafeEqual } from 'node:crypto';
import { keyOf } from './secret.js';

const version = 'v1';
const defaultToleranceSeconds = 300;

/** What a signature covers: `<id>.<timestamp>.<body>`. */
export interface SignedContent {
  /** The `webhook-id`: the same in every attempt. No full stop in it. */
  id: string;
  /** The `webhook-timestamp`: whole seconds since 1970 at which this attempt is made. */
  timestamp: number;
  /** The bytes as they are sent. */
  body: string | Uint8Array;
}

/** Why a webhook is not to be believed. */
export type VerificationFailure =
  'missing_header' | 'invalid_timestamp' | 'too_old' | 'too_new' | 'no_matching_signature';

/** Thrown by `verifyWebhook`. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';

  constructor(
    readonly reason: VerificationFailure,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The value of the `webhook-signature` header: one signature for each secret, so that a receiver can change secrets
 * without losing a webhook.
 *
 * @throws InvalidWebhookSecretError
 */
export function signWebhook(content: SignedContent, secrets: readonly string[]): string {
  return signatures(content, secrets).join(' ');
}

/**
 * Returns when the webhook was signed with one of the secrets, within the tolerance of now.
 *
 * @param headers of the request, in whatever case
 * @param rawBody as it arrived: JSON that was parsed and written again has other bytes
 * @param now what the timestamp is compared with
 * @throws WebhookVerificationError that says what is wrong
 * @throws InvalidWebhookSecretError
 */
export function verifyWebhook(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  rawBody: string | Uint8Array,
  secrets: string | readonly string[],
  { toleranceSeconds = defaultToleranceSeconds, now = new Date() } = {},
): void {
  const id = readHeader(headers, 'webhook-id');
  const timestamp = readTimestamp(headers);
  const given = readHeader(headers, 'webhook-signature').split(' ');
  const ageSeconds = Math.floor(now.getTime() / 1000) - timestamp;
  if (ageSeconds > toleranceSeconds) refuse('too_old', `${ageSeconds} seconds old`);
  if (-ageSeconds > toleranceSeconds) refuse('too_new', `${-ageSeconds} seconds ahead of now`);
  const expected = signatures({ id, timestamp, body: rawBody }, [secrets].flat());
  const matches = given.some((signature) => expected.some((own) => isEqual(signature, own)));
  if (!matches) refuse('no_matching_signature', 'no signature is of this content and secret');
}

function signatures(content: SignedContent, secrets: readonly string[]): string[] {
  const { id, timestamp, body } = content;
  return secrets.map((secret) => {
    const hmac = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body);
    return `${version},${hmac.digest('base64')}`;
  });
}

function readHeader(headers: Readonly<Record<string, unknown>>, name: string): string {
  const values = Object.keys(headers)
    .filter((key) => key.toLowerCase() === name)
    .map((key) => headers[key]);
  const [value] = values;
  if (values.length === 1 && typeof value === 'string' && value) return value;
  return refuse('missing_header', `${name} is missing or there twice`);
}

function readTimestamp(headers: Readonly<Record<string, unknown>>): number {
  const text = readHeader(headers, 'webhook-timestamp');
  if (/^\d{1,12}$/.test(text)) return Number(text);
  return refuse('invalid_timestamp', 'webhook-timestamp is no whole number of seconds');
}

function isEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function refuse(reason: VerificationFailure, what: string): never {
  throw new WebhookVerificationError(reason, `not a genuine webhook: ${what}`);
}
