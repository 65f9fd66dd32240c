const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const firstDelaysMs = [minuteMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 12 * hourMs];
const days = 7;

/**
 * How long to wait before the provider is asked once more.
 *
 * @param asked how often it was asked in vain
 * @returns `null` when a person has to look at it
 */
export function syncDelayMs(asked: number): number | null {
  const delayMs = firstDelaysMs[asked];
  if (delayMs !== undefined) return delayMs;
  return asked < firstDelaysMs.length + days - 1 ? dayMs : null;
}
