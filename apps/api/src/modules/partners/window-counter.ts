const sweepEvery = 10_000;

/** Counts hits per key in fixed windows, in constant memory per key. */
export class WindowCounter {
  private readonly windows = new Map<string, { hits: number; endsAtMs: number }>();
  private hitsSinceSweep = 0;

  constructor(private readonly windowMs: number) {}

  hit(key: string, nowMs = Date.now()): { hits: number; resetInMs: number } {
    if (++this.hitsSinceSweep > sweepEvery) this.sweep(nowMs);
    let window = this.windows.get(key);
    if (!window || window.endsAtMs <= nowMs) {
      window = { hits: 0, endsAtMs: nowMs + this.windowMs };
      this.windows.set(key, window);
    }
    window.hits++;
    return { hits: window.hits, resetInMs: window.endsAtMs - nowMs };
  }

  private sweep(nowMs: number): void {
    this.hitsSinceSweep = 0;
    for (const [key, window] of this.windows) {
      if (window.endsAtMs <= nowMs) this.windows.delete(key);
    }
  }
}
