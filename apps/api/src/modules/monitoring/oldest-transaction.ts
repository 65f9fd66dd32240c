/**
 * For how long the oldest database transaction that writes has been seen to run.
 *
 * When it began is for its own login to know; that it is still the oldest, everybody sees.
 */
export class OldestTransaction {
  private id: number | undefined;
  private sinceMs = 0;

  /** @param id the oldest transaction that runs now; `undefined` when none does */
  seen(id: number | undefined, nowMs: number): number {
    if (id !== this.id) this.sinceMs = nowMs;
    this.id = id;
    return id === undefined ? 0 : (nowMs - this.sinceMs) / 1_000;
  }
}
