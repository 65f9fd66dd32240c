import { rowReader, TenantDatabase, type TenantScope } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller, IdempotencyClaim } from '../../http/request.js';
import { ApiError } from '../../errors/api-error.js';
import type { ErrorCode } from '../../errors/error-catalogue.js';
import { violatedConstraint } from '../../errors/database-errors.js';
import { cancelTransaction, confirmTransaction } from './transaction-request.statements.js';
import {
  cancelExpiredTransactions,
  claimDueTransactions,
  lookSoonAt,
} from './transaction-due.statements.js';
import { countCallOf, type FailoverRow, failOverTransaction } from './failover.statements.js';
import {
  recordAttemptBeside,
  type SettlementRow,
  settleTransaction,
} from './settlement.statements.js';
import { insertTransaction, type TransactionDraft } from './transaction.statements.js';
import { TransactionAttempt } from './transaction-attempt.entity.js';
import { Transaction } from './transaction.entity.js';

/** A row that was just written, and the database's time then. */
export interface WrittenTransaction {
  transaction: Transaction;
  databaseTime: Date;
}

/** A settled payment, and whether the answer of the waiting request was stored with it. */
export interface SettledTransaction {
  transaction: Transaction;
  answered: boolean;
}

type WrittenRow = Record<string, unknown> & {
  id: string | null;
  claimed?: string | null;
  database_time: Date;
};

const refusals: Record<string, ErrorCode | undefined> = {
  transactions_currency_active: 'currency_not_supported',
  transactions_payment_method_active: 'payment_method_not_supported',
  transactions_amount_scale: 'amount_invalid',
  transactions_amount_range: 'amount_invalid',
};

@Injectable()
export class TransactionsRepository {
  private readonly read: (row: Record<string, unknown>) => Transaction;
  private readonly readAttempt: (row: Record<string, unknown>) => TransactionAttempt;

  constructor(
    private readonly database: TenantDatabase,
    dataSource: DataSource,
  ) {
    const read = rowReader(dataSource, Transaction);
    this.read = (row) => ({ ...read(row), archived: row['archived'] === true });
    this.readAttempt = rowReader(dataSource, TransactionAttempt);
  }

  /** @returns `undefined` when the key is claimed already; nothing is written then */
  async insert(
    draft: TransactionDraft,
    caller: Caller,
    claim: IdempotencyClaim,
    leaseMs: number,
  ): Promise<WrittenTransaction | undefined> {
    const statement = insertTransaction(draft, caller, claim, leaseMs);
    try {
      const [row] = await this.database.statement<WrittenRow>(scopeOf(caller), ...statement);
      return row && this.written(row);
    } catch (error) {
      throw await this.translate(error, claim);
    }
  }

  /** @returns `undefined` when the key is claimed already, `refused` when the state forbids it */
  async confirm(
    id: string,
    caller: Caller,
    claim: IdempotencyClaim,
    leaseMs: number,
  ): Promise<WrittenTransaction | 'refused' | undefined> {
    const statement = confirmTransaction(id, caller, claim, leaseMs);
    const [row] = await this.database.statement<WrittenRow>(scopeOf(caller), ...statement);
    return this.changed(row);
  }

  /** Cancels a pending payment; notes the wish on one that is processing. */
  async cancel(
    id: string,
    reason: string,
    caller: Caller,
    claim: IdempotencyClaim,
    leaseMs: number,
  ): Promise<WrittenTransaction | 'refused' | undefined> {
    const statement = cancelTransaction(id, reason, caller, claim, leaseMs);
    const [row] = await this.database.statement<WrittenRow>(scopeOf(caller), ...statement);
    return this.changed(row);
  }

  /** @returns `undefined` when the row is no longer the version that was decided on */
  async settle(settlement: SettlementRow): Promise<SettledTransaction | undefined> {
    const { transaction, actor, requestId } = settlement;
    const [row] = await this.database.statement<Record<string, unknown>>(
      { partnerIds: [transaction.partnerId], actor, requestId },
      ...settleTransaction(settlement),
    );
    return row && { transaction: this.read(row), answered: row['answered'] === true };
  }

  /** @returns `undefined` when there was nothing new to record */
  async recordBeside(settlement: Omit<SettlementRow, 'answer'>): Promise<Transaction | undefined> {
    const { transaction, actor, requestId } = settlement;
    const [row] = await this.database.statement<Record<string, unknown>>(
      { partnerIds: [transaction.partnerId], actor, requestId },
      ...recordAttemptBeside(settlement),
    );
    return row && this.read(row);
  }

  /** @returns `undefined` when the row is no longer the version that was decided on */
  async failOver(failover: FailoverRow): Promise<Transaction | undefined> {
    const { transaction, actor, requestId } = failover;
    const [row] = await this.database.statement<Record<string, unknown>>(
      { partnerIds: [transaction.partnerId], actor, requestId },
      ...failOverTransaction(failover),
    );
    return row && this.read(row);
  }

  /**
   * Counts a call that may move money, before it is made. Without this nobody makes one.
   *
   * @param sends how many calls the caller knows of: of those that know the same, one is let through
   * @returns whether the caller may call; not once the payment was settled, cancelled or sent elsewhere
   */
  async countCall(transaction: Transaction, attemptNo: number, sends?: number): Promise<boolean> {
    const scope = { partnerIds: [transaction.partnerId], actor: 'system' };
    const statement = countCallOf(transaction, attemptNo, sends);
    return (await this.database.statement(scope, ...statement)).length > 0;
  }

  /** Deleted and archived ones included: what a provider says of them still counts. */
  async find(partnerId: string, id: string): Promise<Transaction | undefined> {
    const [row] = await this.database.statement(
      { partnerIds: [partnerId], actor: 'partner' },
      'SELECT * FROM transaction_records WHERE id = $1 AND partner_id = $2',
      [id, partnerId],
    );
    return row && this.read(row);
  }

  /** The payment together with the database's time. */
  async findNow(partnerId: string, id: string): Promise<WrittenTransaction | undefined> {
    const [row] = await this.database.statement<WrittenRow>(
      { partnerIds: [partnerId], actor: 'partner' },
      `SELECT t.*, clock_timestamp() AS database_time FROM transaction_records AS t
       WHERE t.id = $1 AND t.partner_id = $2`,
      [id, partnerId],
    );
    return row && this.written(row);
  }

  /** The attempts of a payment, first to last. */
  async attempts(partnerId: string, transactionId: string): Promise<TransactionAttempt[]> {
    const rows = await this.database.statement(
      { partnerIds: [partnerId], actor: 'partner' },
      `SELECT * FROM attempt_records WHERE transaction_id = $1 AND partner_id = $2
       ORDER BY attempt_no`,
      [transactionId, partnerId],
    );
    return rows.map((row) => this.readAttempt(row));
  }

  /**
   * The attempt whose outcome decides what becomes of a payment that is processing.
   *
   * @throws ApiError when the payment went on to another attempt after its row was read: the two
   * must not be taken for each other
   */
  async lastAttempt({ partnerId, id, retryCount }: Transaction): Promise<TransactionAttempt> {
    const last = (await this.attempts(partnerId, id)).at(-1);
    if (!last) throw new Error(`transaction ${id} has no attempt`);
    if (last.attemptNo === retryCount + 1) return last;
    throw new ApiError('idempotency_request_in_progress', { retryAfterSeconds: 1 });
  }

  /** Takes the payments whose outcome is due to be asked for, so that no other worker does. */
  async claimDue(limit: number, leaseMs: number): Promise<Transaction[]> {
    const rows = await this.database.statement<Record<string, unknown>>(
      { partnerIds: [], actor: 'system' },
      ...claimDueTransactions(limit, leaseMs),
    );
    return rows.map((row) => this.read(row));
  }

  /** Has a payment looked at before long, where its schedule would let it wait for longer. */
  async lookSoon(transaction: Transaction, inMs: number): Promise<void> {
    const scope = { partnerIds: [transaction.partnerId], actor: 'system' };
    await this.database.statement(scope, ...lookSoonAt(transaction, inMs));
  }

  /** @returns how many payments were cancelled because nobody confirmed them in time */
  async cancelExpired(limit: number): Promise<number> {
    const rows = await this.database.statement(
      { partnerIds: [], actor: 'system' },
      ...cancelExpiredTransactions(limit),
    );
    return rows.length;
  }

  private async findIdByKey({ partnerId, key }: IdempotencyClaim): Promise<string | undefined> {
    const [row] = await this.database.statement<{ id: string }>(
      { partnerIds: [partnerId], actor: 'partner' },
      'SELECT id FROM transaction_records WHERE partner_id = $1 AND idempotency_key = $2',
      [partnerId, key],
    );
    return row?.id;
  }

  private written(row: WrittenRow): WrittenTransaction {
    return { transaction: this.read(row), databaseTime: row.database_time };
  }

  private changed(row: WrittenRow | undefined): WrittenTransaction | 'refused' | undefined {
    if (!row?.claimed) return undefined;
    return row.id ? this.written(row) : 'refused';
  }

  /** What the database refuses that the checks before could not see. */
  private async translate(error: unknown, claim: IdempotencyClaim): Promise<unknown> {
    const constraint = violatedConstraint(error);
    if (constraint === 'unique_partner_idempotency') {
      const first = await this.findIdByKey(claim);
      return new ApiError('idempotency_key_expired', { transaction_id: first });
    }
    const code = constraint && refusals[constraint];
    return code ? new ApiError(code) : error;
  }
}

function scopeOf(caller: Caller): TenantScope {
  return { partnerIds: [caller.partnerId], actor: 'partner', requestId: caller.requestId };
}
