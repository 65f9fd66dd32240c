import { ApiError, ConnectionError } from './errors.js';

const firstDelayMs = 500;
const longestDelayMs = 8_000;
const longestRetryAfterMs = 60_000;
const tooManyRequests = 429;
const serverError = 500;

/** How long to wait before the next attempt; `undefined` when there is to be none. */
export function delayBeforeRetry(
  error: unknown,
  { attempt, isRepeatable }: { attempt: number; isRepeatable: boolean },
  random: () => number,
): number | undefined {
  if (!mayRepeat(error, isRepeatable)) return undefined;
  const retryAfterMs = (error instanceof ApiError && error.retryAfterMs) || 0;
  if (retryAfterMs > longestRetryAfterMs) return undefined;
  const backoffMs = Math.min(firstDelayMs * 2 ** attempt, longestDelayMs);
  const jitterMs = Math.round((random() * backoffMs) / 2);
  return jitterMs + Math.max(retryAfterMs, backoffMs / 2);
}

/** A 429 was refused before anything was done. Whatever else is repeated must be safe to do twice. */
function mayRepeat(error: unknown, isRepeatable: boolean): boolean {
  if (error instanceof ConnectionError) return isRepeatable;
  if (!(error instanceof ApiError)) return false;
  if (error.status === tooManyRequests) return true;
  const isInProgress = error.code === 'idempotency_request_in_progress';
  return isRepeatable && (isInProgress || error.status >= serverError);
}

/** `Retry-After` in milliseconds: seconds, or the date until which to wait (RFC 9110, 10.2.3). */
export function readRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  return Number.isNaN(until) ? undefined : Math.max(0, until - now);
}
