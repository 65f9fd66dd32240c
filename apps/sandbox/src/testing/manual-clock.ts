import type { Clock } from '../clock.js';

/** A clock that a spec moves by hand; what is due at once still runs at once. */
export interface ManualClock extends Clock {
  advance(byMs: number): void;
  /** Resolves as soon as something waits for the clock to move. */
  awaited(): Promise<void>;
}

interface Task {
  at: number;
  run: () => void;
}

const waitMs = 30_000;
const loadedAtMs = Date.now();

/** @param startMs the same for all clocks of a spec, so that a restart takes no time */
export function manualClock(startMs = loadedAtMs): ManualClock {
  let nowMs = startMs;
  let tasks: Task[] = [];
  let stopped = false;
  return {
    now: () => nowMs,
    after(delayMs, run) {
      if (delayMs <= 0) {
        setImmediate(() => {
          if (!stopped) run();
        });
        return () => {};
      }
      const task = { at: nowMs + delayMs, run };
      tasks.push(task);
      return () => {
        tasks = tasks.filter((other) => other !== task);
      };
    },
    stop() {
      stopped = true;
      tasks = [];
    },
    advance(byMs) {
      nowMs += byMs;
      const due = tasks.filter(({ at }) => at <= nowMs).sort((one, other) => one.at - other.at);
      tasks = tasks.filter(({ at }) => at > nowMs);
      for (const task of due) task.run();
    },
    async awaited() {
      const deadline = Date.now() + waitMs;
      while (tasks.length === 0) {
        if (Date.now() > deadline) throw new Error('nothing waits for the clock');
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
  };
}
