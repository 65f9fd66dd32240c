import type { Journal } from './journal.js';

/** Rows by id, in the order of their first appearance. Rows are never changed, only replaced. */
export class Table<Row extends { readonly id: string }> {
  private readonly rows = new Map<string, Row>();

  constructor(
    private readonly journal: Journal,
    private readonly name: string,
    private readonly onNew: (row: Row) => void = () => {},
  ) {
    journal.add(name, {
      apply: (row) => this.keep(row as Row),
      rows: () => this.rows.values(),
      clear: () => this.rows.clear(),
    });
  }

  get(id: string): Row | undefined {
    return this.rows.get(id);
  }

  put(row: Row): Row {
    this.keep(row);
    this.journal.append(this.name, row);
    return row;
  }

  /** Takes a row out of memory; it leaves the state file at the next start. */
  forget(id: string): void {
    this.rows.delete(id);
  }

  values(): IterableIterator<Row> {
    return this.rows.values();
  }

  newestFirst(): Row[] {
    return [...this.rows.values()].reverse();
  }

  get size(): number {
    return this.rows.size;
  }

  private keep(row: Row): void {
    if (!this.rows.has(row.id)) this.onNew(row);
    this.rows.set(row.id, row);
  }
}
