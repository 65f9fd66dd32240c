import { rowReader, TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiError } from '../../errors/api-error.js';
import { databaseError } from '../../errors/database-errors.js';
import type { Caller, IdempotencyClaim } from '../../http/request.js';
import { Refund } from './refund.entity.js';
import {
  countCallOf,
  type ExternalRefund,
  insertExternalRefund,
  insertRefund,
  type RefundDraft,
  type RefundSettlementRow,
  settleRefund,
} from './refund.statements.js';

/** A row that was just written, and the database's time then. */
export interface WrittenRefund {
  refund: Refund;
  databaseTime: Date;
}

/** A settled refund, and whether the answer of the waiting request was stored with it. */
export interface SettledRefund {
  refund: Refund;
  answered: boolean;
}

type WrittenRow = Record<string, unknown> & { database_time: Date };

@Injectable()
export class RefundsRepository {
  private readonly read: (row: Record<string, unknown>) => Refund;

  constructor(
    private readonly database: TenantDatabase,
    dataSource: DataSource,
  ) {
    const read = rowReader(dataSource, Refund);
    this.read = (row) => ({ ...read(row), archived: row['archived'] === true });
  }

  /**
   * @returns `undefined` when the key is claimed already; nothing is written then
   * @throws ApiError when the database refuses the refund
   */
  async insert(
    draft: RefundDraft,
    caller: Caller,
    claim: IdempotencyClaim,
    leaseMs: number,
  ): Promise<WrittenRefund | undefined> {
    const scope = { partnerIds: [caller.partnerId], actor: 'partner', requestId: caller.requestId };
    const statement = insertRefund(draft, caller, claim, leaseMs);
    try {
      const [row] = await this.database.statement<WrittenRow>(scope, ...statement);
      return row && { refund: this.read(row), databaseTime: row.database_time };
    } catch (error) {
      const refusal = translate(error);
      throw refusal instanceof ApiError ? await this.expiredOr(claim, refusal) : refusal;
    }
  }

  /** A key that made a refund so long ago that its answer is gone refuses before anything else does. */
  async expiredOr({ partnerId, key }: IdempotencyClaim, refusal: ApiError): Promise<ApiError> {
    const [first] = await this.database.statement<{ transaction_id: string }>(
      { partnerIds: [partnerId], actor: 'partner' },
      'SELECT transaction_id FROM refund_records WHERE partner_id = $1 AND idempotency_key = $2',
      [partnerId, key],
    );
    return first ? new ApiError('idempotency_key_expired', first) : refusal;
  }

  /**
   * Records a refund that was made at the provider itself, once.
   *
   * @returns `undefined` when it is there already, or the payment is not completed
   */
  async insertExternal(external: ExternalRefund): Promise<Refund | undefined> {
    const { partnerId, provider } = external;
    const scope = { partnerIds: [partnerId], actor: `provider:${provider}` };
    const [row] = await this.database.statement<Record<string, unknown>>(
      scope,
      ...insertExternalRefund(external),
    );
    return row && this.read(row);
  }

  /** Whether a refund of that amount is under way whose id at the provider never reached us. */
  async hasNameless(partnerId: string, transactionId: string, amount: string): Promise<boolean> {
    const rows = await this.database.statement(
      { partnerIds: [partnerId], actor: 'system' },
      `SELECT 1 FROM refunds WHERE transaction_id = $1 AND partner_id = $2 AND amount = $3
         AND provider_refund_id IS NULL AND status IN ('pending', 'processing') LIMIT 1`,
      [transactionId, partnerId, amount],
    );
    return rows.length > 0;
  }

  /** @returns `undefined` when the row is no longer the version that was decided on */
  async settle(settlement: RefundSettlementRow): Promise<SettledRefund | undefined> {
    const { refund, actor, requestId } = settlement;
    const scope = { partnerIds: [refund.partnerId], actor, requestId };
    const [row] = await this.database.statement<Record<string, unknown>>(
      scope,
      ...settleRefund(settlement),
    );
    return row && { refund: this.read(row), answered: row['answered'] === true };
  }

  /** @returns whether the refund is still open and ours to send, and its next call is counted */
  async countCall(refund: Refund): Promise<boolean> {
    const scope = { partnerIds: [refund.partnerId], actor: 'system' };
    return (await this.database.statement(scope, ...countCallOf(refund))).length > 0;
  }

  /** The refund, a deleted or archived one included, together with the database's time. */
  async find(partnerId: string, id: string): Promise<WrittenRefund | undefined> {
    const [row] = await this.database.statement<WrittenRow>(
      { partnerIds: [partnerId], actor: 'partner' },
      `SELECT r.*, clock_timestamp() AS database_time FROM refund_records AS r
       WHERE r.id = $1 AND r.partner_id = $2`,
      [id, partnerId],
    );
    return row && { refund: this.read(row), databaseTime: row.database_time };
  }

  /** Takes the refunds whose outcome is due to be asked for, so that no other worker does. */
  async claimDue(limit: number, leaseMs: number): Promise<Refund[]> {
    const rows = await this.database.statement<Record<string, unknown>>(
      { partnerIds: [], actor: 'system' },
      `UPDATE refunds SET sync_count = sync_count + 1,
         next_sync_at = clock_timestamp() + $2::int * interval '1 ms'
       WHERE id IN (
         SELECT id FROM refunds
         WHERE status = 'processing' AND next_sync_at <= clock_timestamp() AND deleted_at IS NULL
         ORDER BY next_sync_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING *`,
      [limit, leaseMs],
    );
    return rows.map((row) => this.read(row));
  }
}

/** The database decides how much is left: a check before it could be overtaken. */
function translate(error: unknown): unknown {
  const refused = databaseError(error);
  switch (refused?.constraint) {
    case 'refunds_within_amount':
      return new ApiError('refund_exceeds_amount', {
        refundable: /refundable=([\d.]+)/.exec(refused.detail ?? '')?.[1],
      });
    case 'check_refund_amount_positive':
      return new ApiError('refund_exceeds_amount', { refundable: '0' });
    case 'refunds_transaction_refundable':
      return new ApiError('transaction_not_refundable');
    // It was there a moment ago, and payments leave the live tables for the archive alone.
    case 'refunds_transaction_visible':
      return new ApiError('transaction_archived');
    case 'refunds_amount_scale':
      return new ApiError('amount_invalid');
    case 'unique_refunds_partner_idempotency':
      return new ApiError('idempotency_key_expired');
    default:
      return error;
  }
}
