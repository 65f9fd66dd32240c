import type { DeliveryOutcome } from './delivery-outcome.js';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long after the one before it each attempt is made: the example of Standard Webhooks. */
const delaysMs = [
  0,
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
];

/** Webhooks that failed together come back apart, a fifth of the delay later at most and never earlier. */
const jitter = 0.2;
const longestRetryAfterMs = 24 * hourMs;
/** After which nothing more is sent to a URL. */
export const longestFailureMs = 5 * dayMs;

/** How often a webhook is sent before it is given up. */
export const mostAttempts = delaysMs.length;

/** What follows an attempt. */
export type NextStep =
  | { step: 'delivered' }
  | { step: 'retry'; delayMs: number }
  /** It stays undelivered, until somebody asks for it again. */
  | { step: 'give_up' }
  /** Nothing more is sent to this URL: it said so, or it failed for too long. */
  | { step: 'disable'; reason: 'gone' | 'failing' };

export interface AttemptHistory {
  /** How often this webhook was sent, this attempt included. */
  attempt: number;
  /** For how long every attempt at this URL has failed, of whatever webhook. */
  failingForMs: number;
}

/** @param random a number from 0 on and below 1 */
export function nextStep(
  outcome: DeliveryOutcome,
  { attempt, failingForMs }: AttemptHistory,
  random: () => number,
): NextStep {
  const httpStatus = outcome.kind === 'answered' ? outcome.httpStatus : 0;
  if (httpStatus >= 200 && httpStatus < 300) return { step: 'delivered' };
  if (httpStatus === 410) return { step: 'disable', reason: 'gone' };
  const isOurFault = outcome.kind === 'failed' && outcome.reason === 'unreadable';
  if (failingForMs >= longestFailureMs && !isOurFault)
    return { step: 'disable', reason: 'failing' };
  const scheduledMs = delaysMs[attempt];
  if (scheduledMs === undefined) return { step: 'give_up' };
  const leastMs = Math.max(scheduledMs, askedDelayMs(outcome));
  return { step: 'retry', delayMs: Math.round(leastMs * (1 + jitter * random())) };
}

/** Never sooner than planned: a receiver that asks for one second each time would use all attempts up at once. */
function askedDelayMs(outcome: DeliveryOutcome): number {
  if (outcome.kind !== 'answered' || ![429, 503].includes(outcome.httpStatus)) return 0;
  return Math.min(outcome.retryAfterMs ?? 0, longestRetryAfterMs);
}

/** RFC 9110, section 5.6.7. The third form, of asctime(), names no zone and means UTC. */
const httpDates = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/** How long a `Retry-After` header asks to wait; `null` for anything but seconds or a date of HTTP. */
export function retryAfterMs(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * secondMs;
  if (!httpDates.some((form) => form.test(text))) return null;
  const atMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - now.getTime());
}
