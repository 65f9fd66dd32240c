import { nextSyncMs, remembersKey } from './sync-schedule.js';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const callAt = new Date('2026-01-01T00:00:00Z');
const after = (hours: number) => callAt.getTime() + hours * hourMs;

describe("the lifetime of a provider's idempotency key", () => {
  const account = (idempotencyKeyLifetimeMs: number | null) =>
    ({ capabilities: { idempotencyKeyLifetimeMs } }) as Parameters<typeof remembersKey>[0];

  it('ends two hours early, for a slow call and a clock that is an hour behind', () => {
    expect(remembersKey(account(24 * hourMs), callAt, after(21.9))).toBe(true);
    expect(remembersKey(account(24 * hourMs), callAt, after(22))).toBe(false);
  });

  it('may be endless, and is over for an account that is gone', () => {
    expect(remembersKey(account(null), callAt, after(1_000_000))).toBe(true);
    expect(remembersKey(undefined, callAt, after(0))).toBe(false);
  });
});

describe('the next look at an open outcome', () => {
  it('comes after 1 and 5 minutes, half an hour, 2 and 12 hours, then daily for a week', () => {
    const delays = Array.from({ length: 12 }, (_, asked) => nextSyncMs(null, asked));
    expect(delays.slice(0, 5)).toEqual([1, 5, 30, 120, 720].map((minutes) => minutes * minuteMs));
    expect(new Set(delays.slice(5, 11))).toEqual(new Set([24 * hourMs]));
    expect(delays[11]).toBeNull();
  });

  it('is put off as the provider asks, within a second and an hour', () => {
    expect([0, 5_000, 1e12].map((askedMs) => nextSyncMs(askedMs, 0))).toEqual([
      1_000,
      5_000,
      hourMs,
    ]);
  });

  it('is never sooner than the schedule once the provider was asked again, and ends as that does', () => {
    const delays = Array.from({ length: 12 }, (_, asked) => nextSyncMs(5_000, asked));
    expect(delays.slice(0, 4)).toEqual([5_000, minuteMs, 5 * minuteMs, 30 * minuteMs]);
    expect(nextSyncMs(40 * minuteMs, 2)).toBe(40 * minuteMs);
    expect(delays.map((delayMs) => delayMs === null)).toEqual([...Array(11).fill(false), true]);
  });
});
