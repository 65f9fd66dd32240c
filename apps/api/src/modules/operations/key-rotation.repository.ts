import type { TenantDatabase } from '@libs/database';
import type { SealedColumn } from '../../platform/vault.service.js';
import {
  insertAudit,
  readAnswers,
  readArchive,
  readAttempts,
  readPartners,
  readTransactions,
  readWebhooks,
  rewriteAnswers,
  rewriteArchive,
  rewriteAttempts,
  rewritePartners,
  rewriteTransactions,
  rewriteWebhooks,
} from './key-rotation.statements.js';

type TableOf<Column extends string> = Column extends `${infer Table}.${string}` ? Table : never;

/** A table with columns that hold envelopes or keyed hashes. Payments come before those that were archived meanwhile. */
export type SealedTable = TableOf<SealedColumn> | 'transactions_archive';

/** The keyed values of a row by their columns. */
export type SealedValues = Record<string, string | null>;

export interface SealedRow {
  /** The parts of its primary key. */
  key: string[];
  values: SealedValues;
  /** A keyed hash that can't be made anew, and until when it is compared. */
  fingerprint?: { hash: string | null; until: string } | null;
}

export interface SealedChange {
  key: string[];
  before: SealedValues;
  after: SealedValues;
}

const readings = {
  partners: readPartners,
  transactions: readTransactions,
  transactions_archive: readArchive,
  webhook_delivery_attempts: readAttempts,
  idempotency_keys: readAnswers,
  provider_webhooks: readWebhooks,
} as const satisfies Record<SealedTable, string>;

const rewritings = {
  partners: rewritePartners,
  transactions: rewriteTransactions,
  transactions_archive: rewriteArchive,
  webhook_delivery_attempts: rewriteAttempts,
  idempotency_keys: rewriteAnswers,
  provider_webhooks: rewriteWebhooks,
} as const satisfies Record<SealedTable, string>;

export const sealedTables = Object.keys(readings) as SealedTable[];

/** What every key of a row is above. */
const lowest = ['00000000-0000-0000-0000-000000000000', '', ''];
const bySystem = { partnerIds: [], actor: 'system' };

/** The rows of all partners, as far as they hold envelopes. */
export class KeyRotationRepository {
  constructor(private readonly database: TenantDatabase) {}

  /** The next rows in the order of their keys. */
  read(table: SealedTable, after = lowest, limit: number): Promise<SealedRow[]> {
    return this.database.statement<SealedRow>(bySystem, readings[table], [after, limit]);
  }

  /** @returns the keys of the rows that were changed: those that are still what was read */
  async rewrite(table: SealedTable, changes: SealedChange[]): Promise<string[][]> {
    const values = [JSON.stringify(changes)];
    const rows = await this.database.statement<Pick<SealedRow, 'key'>>(
      bySystem,
      rewritings[table],
      values,
    );
    return rows.map(({ key }) => key);
  }

  async audit(run: object): Promise<void> {
    await this.database.statement(bySystem, insertAudit, [JSON.stringify(run)]);
  }
}
