import type { ComparedPayment, LedgerCharge, Wanted } from './ledger-comparison.js';

/** What the demo expects of the sandbox's ledger, which knows where money moved. */
export class Ledger {
  private readonly wanted = new Map<string, Wanted>();

  constructor(private readonly sandboxUrl: string) {}

  /** Notes what is expected of a payment; the last word counts. */
  note(wanted: Omit<Wanted, 'returned'>): void {
    this.wanted.set(wanted.id, { ...wanted, returned: [] });
  }

  /** Notes that a part of a payment was paid back. */
  noteRefund(id: string, amount: string): void {
    this.wanted.get(id)?.returned.push(amount);
  }

  /** Every payment of the demo beside its rows in the ledger. */
  compare(): Promise<ComparedPayment[]> {
    const all = [...this.wanted.values()];
    return Promise.all(
      all.map(async (wanted) => ({ wanted, charges: await this.chargesOf(wanted.id) })),
    );
  }

  private async chargesOf(id: string): Promise<LedgerCharge[]> {
    const url = `${this.sandboxUrl}/_sandbox/charges?transaction_id=${id}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    return ((await response.json()) as { charges: LedgerCharge[] }).charges;
  }
}
