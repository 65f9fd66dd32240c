/** A row of the sandbox's ledger, as far as the demo reads it. */
interface Charge {
  provider: string;
  status: string;
  amount: number;
  currency: string;
}

interface Expected {
  title: string;
  id: string;
  /** How often money was to move: never, or once. */
  charges: 0 | 1;
}

/** What the demo expects of the sandbox's ledger, which knows where money moved. */
export class Ledger {
  private readonly expected = new Map<string, Expected>();

  constructor(private readonly sandboxUrl: string) {}

  /** Notes what is expected of a payment; the last word counts. */
  note(title: string, id: string, charges: 0 | 1): void {
    this.expected.set(id, { title, id, charges });
  }

  count(charges: 0 | 1): number {
    return [...this.expected.values()].filter((one) => one.charges === charges).length;
  }

  /** Payments that were charged more often or less often than they should. */
  async differences(): Promise<string[]> {
    const found = await Promise.all(
      [...this.expected.values()].map(async ({ title, id, charges }) => {
        const taken = await this.taken(id);
        if (taken.length === charges) return [];
        return [`${title}: charged ${taken.length} times, not ${charges} (${id})`];
      }),
    );
    return found.flat();
  }

  private async taken(id: string): Promise<Charge[]> {
    const url = `${this.sandboxUrl}/_sandbox/charges?transaction_id=${id}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const { charges } = (await response.json()) as { charges: Charge[] };
    return charges.filter(({ status }) => status === 'succeeded');
  }
}
