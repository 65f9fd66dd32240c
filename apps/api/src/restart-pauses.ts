const firstPauseMs = 100;
const longestPauseMs = 30_000;
/** Who lived so long died of something new. */
const soundAfterMs = 60_000;

/** How long to wait before another process takes the place of one that died. */
export class RestartPauses {
  private deaths = 0;

  /** @param livedMs for how long the one that died was ready; 0 when it never was */
  afterDeath(livedMs: number): number {
    if (livedMs >= soundAfterMs) this.deaths = 0;
    const pauseMs = Math.min(firstPauseMs * 2 ** this.deaths, longestPauseMs);
    this.deaths += 1;
    return pauseMs;
  }
}
