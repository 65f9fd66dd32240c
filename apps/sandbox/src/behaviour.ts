import type { Fault } from './faults.js';

/** A fault asked for through the control endpoint, for the next calls that match. */
export interface Behaviour {
  fault: Fault;
  script?: string;
  latency_ms?: number;
  /** How many more calls it meets. */
  times: number;
  /** Only calls whose path begins with this, as in `/v1/refunds`. */
  path?: string;
  /** Only calls of this method. */
  method?: string;
}

/** The behaviours in force. The first that matches a call is used, and used up. */
export class Behaviours {
  private waiting: Behaviour[] = [];

  add(behaviour: Behaviour): void {
    this.waiting.push(behaviour);
  }

  list(): readonly Behaviour[] {
    return this.waiting;
  }

  clear(): void {
    this.waiting = [];
  }

  take(method: string, path: string): Fault {
    if (this.waiting.length === 0) return {};
    const found = this.waiting.find(
      (behaviour) =>
        (behaviour.method === undefined || behaviour.method === method) &&
        (behaviour.path === undefined || path.startsWith(behaviour.path)),
    );
    if (!found) return {};
    found.times -= 1;
    if (found.times <= 0) this.waiting = this.waiting.filter((behaviour) => behaviour !== found);
    return found.fault;
  }
}
