import { setTimeout as pause } from 'node:timers/promises';
import { keyIdOf, type Place, type Vault } from '../../platform/vault.service.js';
import {
  type KeyRotationRepository,
  type SealedChange,
  type SealedRow,
  type SealedTable,
  sealedTables,
  type SealedValues,
} from './key-rotation.repository.js';

/** How one column stands. */
export interface ColumnCount {
  resealed: number;
  /** Not under the first key. */
  left: number;
  /** How many values are under which key. */
  keys: Record<string, number>;
}

/** A value that stays as it is. Its place names column and row, never content. */
export interface Failure {
  place: string;
  reason: string;
}

/** Requests that are compared under a key which no longer makes new hashes. */
export interface HeldKey {
  requests: number;
  until: string;
}

type Progress = (doing: string, rows: number) => void;

const maxTries = 20;
const pauseMs = 100;
const emailHash = 'customer_email_hash';

/**
 * Brings every envelope and email hash under the first key of its keyring.
 *
 * How far it came is in the data itself, so it can be killed and begun anew at any moment, and two
 * at once do no harm.
 */
export class KeyRotation {
  readonly columns = new Map<string, ColumnCount>();
  readonly failures: Failure[] = [];
  readonly heldKeys = new Map<string, HeldKey>();

  constructor(
    private readonly rows: KeyRotationRepository,
    private readonly vault: Vault,
    private readonly batch: number,
    private readonly progress: Progress,
  ) {}

  /** Rewrites what is not under the first key, one short database transaction for each batch. */
  async reseal(): Promise<void> {
    for (const table of sealedTables) {
      await this.walk(table, 're-sealing', (after) => this.resealBatch(table, after));
    }
  }

  /** Counts what is left, and tries to open it. */
  async survey(): Promise<void> {
    for (const table of sealedTables) {
      await this.walk(table, 'counting', async (after) => {
        const rows = await this.rows.read(table, after, this.batch);
        for (const row of rows) this.count(table, row);
        return rows;
      });
    }
  }

  get left(): number {
    return [...this.columns.values()].reduce((sum, { left }) => sum + left, 0);
  }

  private async walk(
    table: SealedTable,
    doing: string,
    step: (after: string[] | undefined) => Promise<SealedRow[]>,
  ): Promise<void> {
    let [after, seen]: [string[] | undefined, number] = [undefined, 0];
    for (;;) {
      const rows = await step(after);
      after = rows.at(-1)?.key;
      if (!after) return;
      seen += rows.length;
      this.progress(`${doing} ${table}`, seen);
    }
  }

  /** Rows that somebody holds or has just changed are read again. */
  private async resealBatch(table: SealedTable, after: string[] | undefined): Promise<SealedRow[]> {
    for (let tries = 1; ; tries++) {
      const rows = await this.rows.read(table, after, this.batch);
      const changes = rows.flatMap((row) => this.changeOf(table, row) ?? []);
      const keys = changes.length > 0 ? await this.rows.rewrite(table, changes) : [];
      const written = new Set(keys.map((key) => JSON.stringify(key)));
      for (const change of changes) {
        if (written.has(JSON.stringify(change.key))) this.note(table, change);
      }
      if (written.size === changes.length || tries === maxTries) return rows;
      await pause(pauseMs);
    }
  }

  private changeOf(table: SealedTable, { key, values }: SealedRow): SealedChange | undefined {
    const after: SealedValues = { ...values };
    for (const column of Object.keys(values)) {
      const renewed = this.renew(table, column, { key, values });
      if (typeof renewed === 'string') after[column] = renewed;
    }
    const isSame = Object.keys(values).every((column) => after[column] === values[column]);
    return isSame ? undefined : { key, before: values, after };
  }

  private note(table: SealedTable, { before, after }: SealedChange): void {
    for (const column of Object.keys(before)) {
      if (before[column] !== after[column]) this.column(table, column).resealed++;
    }
  }

  private count(table: SealedTable, row: SealedRow): void {
    for (const [column, value] of Object.entries(row.values)) {
      const counted = this.column(table, column);
      if (value === null) continue;
      const keyId = keyIdOf(value) ?? 'none';
      counted.keys[keyId] = (counted.keys[keyId] ?? 0) + 1;
      if (this.isCurrent(column, value)) continue;
      counted.left++;
      const renewed = this.renew(table, column, row);
      if (renewed instanceof Error) {
        const place = `${table}.${column} of ${row.key.join(' ')}`;
        this.failures.push({ place, reason: renewed.message });
      }
    }
    if (row.fingerprint?.hash) this.hold(row.fingerprint.hash, row.fingerprint.until);
  }

  private hold(hash: string, until: string): void {
    if (this.vault.isCurrentHash(hash)) return;
    const keyId = keyIdOf(hash) ?? 'none';
    const held = this.heldKeys.get(keyId) ?? { requests: 0, until };
    const latest = held.until > until ? held.until : until;
    this.heldKeys.set(keyId, { requests: held.requests + 1, until: latest });
  }

  /** The value under the first key, or why it can't be made. */
  private renew(table: SealedTable, column: string, row: SealedRow): string | Error | null {
    const value = row.values[column] ?? null;
    if (value === null || this.isCurrent(column, value)) return value;
    const source = column === emailHash ? 'customer_email' : column;
    const place = `${madeIn(table)}.${source}:${row.key.join(':')}` as Place;
    const envelope = row.values[source];
    if (!envelope) return new Error('the email is gone');
    try {
      const content = this.vault.open(envelope, place);
      return column === emailHash ? this.vault.hashEmail(content) : this.vault.seal(content, place);
    } catch (error) {
      return error as Error;
    }
  }

  private isCurrent(column: string, value: string): boolean {
    return column === emailHash ? this.vault.isCurrentHash(value) : this.vault.isCurrent(value);
  }

  private column(table: SealedTable, column: string): ColumnCount {
    const name = `${table}.${column}`;
    const known = this.columns.get(name) ?? { resealed: 0, left: 0, keys: {} };
    this.columns.set(name, known);
    return known;
  }
}

/** An envelope is bound to the table that it was made for, wherever its row has moved. */
function madeIn(table: SealedTable): string {
  return table === 'transactions_archive' ? 'transactions' : table;
}
