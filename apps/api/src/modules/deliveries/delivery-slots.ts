/** How many deliveries of one partner are under way at once. */
export const mostOfPartner = 8;
/** The same for a partner whose last answer came late, or not at all. */
export const mostOfSlowPartner = 1;

const fastSlots = 64;
const slowSlots = 64;
const slowAfterMs = 1_000;

interface Run {
  partnerId: string;
  startedAtMs: number;
}

/** How much may be begun, and what is known of the partners that are not like others. */
export interface FreeSlots {
  fast: number;
  slow: number;
  partners: { id: string; running: number; isSlow: boolean }[];
}

/**
 * Who may send how much at once. Slow receivers have slots of their own, and what is under way for more than a second
 * counts as theirs: however many they are, they take no slot from those that answer.
 */
export class DeliverySlots {
  private readonly runs = new Set<Run>();
  private readonly slowPartners = new Set<string>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @returns a function to call when the delivery has ended */
  take(partnerId: string): () => void {
    const run = { partnerId, startedAtMs: this.now() };
    this.runs.add(run);
    return () => {
      this.runs.delete(run);
      if (this.isLate(run)) this.slowPartners.add(partnerId);
      else this.slowPartners.delete(partnerId);
    };
  }

  free(): FreeSlots {
    const running = new Map<string, number>();
    for (const run of this.runs) {
      if (this.isLate(run)) this.slowPartners.add(run.partnerId);
      running.set(run.partnerId, (running.get(run.partnerId) ?? 0) + 1);
    }
    const slow = [...this.runs].filter((run) => this.slowPartners.has(run.partnerId)).length;
    const ids = new Set([...running.keys(), ...this.slowPartners]);
    return {
      fast: Math.max(0, fastSlots - (this.runs.size - slow)),
      slow: Math.max(0, slowSlots - slow),
      partners: [...ids].map((id) => ({
        id,
        running: running.get(id) ?? 0,
        isSlow: this.slowPartners.has(id),
      })),
    };
  }

  private isLate({ startedAtMs }: Run): boolean {
    return this.now() - startedAtMs > slowAfterMs;
  }
}
