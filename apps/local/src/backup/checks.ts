/** One thing that a drill looked at. */
export interface Check {
  name: string;
  passed: boolean;
  /** What was found, for people. */
  says: string;
  seconds: number;
}

/** Keeps what was found, good and bad, in the order in which it was looked at. */
export class Checks {
  readonly all: Check[] = [];

  constructor(private readonly tell: (check: Check) => void) {}

  get passed(): boolean {
    return this.all.every((check) => check.passed);
  }

  /** Runs a check: what it returns is what it found, and what it throws is why it failed. */
  async run(name: string, look: () => Promise<string>): Promise<boolean> {
    const startedAt = performance.now();
    const [passed, says] = await look().then(
      (found) => [true, found] as const,
      (error: unknown) => [false, error instanceof Error ? error.message : String(error)] as const,
    );
    const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));
    const check = { name, passed, says, seconds };
    this.all.push(check);
    this.tell(check);
    return passed;
  }
}
