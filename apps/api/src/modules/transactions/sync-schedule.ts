import type { ProviderAccount } from '@libs/providers';

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How soon a provider is asked about a call whose answer may have been lost. */
export const firstSyncMs = minuteMs;

const firstDelaysMs = [firstSyncMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 12 * hourMs];
const days = 7;

/** How often a provider is asked in vain before a person has to look at it. */
export const mostSyncs = firstDelaysMs.length + days - 1;

/**
 * How long to wait before the provider is asked once more.
 *
 * @param asked how often it was asked in vain
 * @returns `null` when a person has to look at it
 */
function syncDelayMs(asked: number): number | null {
  const delayMs = firstDelaysMs[asked];
  if (delayMs !== undefined) return delayMs;
  return asked < mostSyncs ? dayMs : null;
}

/**
 * When to ask next after a call that left the outcome open.
 *
 * A provider that asks for patience is asked as it says at first, and then never sooner than by the schedule of all
 * others: one that says so each time ends before a person, too.
 *
 * @param retryAfterMs what the provider asked for, kept within a second and an hour
 * @param asked how often it was asked in vain
 */
export function nextSyncMs(retryAfterMs: number | null, asked: number): number | null {
  if (retryAfterMs === null) return syncDelayMs(asked);
  const patienceMs = Math.min(Math.max(retryAfterMs, secondMs), hourMs);
  if (asked === 0) return patienceMs;
  const delayMs = asked < mostSyncs ? syncDelayMs(asked - 1) : null;
  return delayMs === null ? null : Math.max(delayMs, patienceMs);
}

/** A slow call, and a clock that is an hour behind the provider's. */
const keyMarginMs = 2 * hourMs;

/**
 * Whether an account still recognises the key of a call that was made at `firstCallAt`. After its
 * lifetime the same key charges once more.
 */
export function remembersKey(
  account: Pick<ProviderAccount, 'capabilities'> | undefined,
  firstCallAt: Date,
  nowMs = Date.now(),
): boolean {
  if (!account) return false;
  const { idempotencyKeyLifetimeMs: lifetimeMs } = account.capabilities;
  return lifetimeMs === null || nowMs - firstCallAt.getTime() < lifetimeMs - keyMarginMs;
}
