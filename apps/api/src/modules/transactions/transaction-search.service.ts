import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import type { SelectQueryBuilder } from 'typeorm';
import { Pages } from '../../platform/pages.service.js';
import { PayerData } from './payer-data.js';
import { TransactionAnswer } from './transaction-answer.service.js';
import type { TransactionPageDto } from './transaction.dto.js';
import { Transaction } from './transaction.entity.js';
import { transactionStatuses } from './transaction.machine.js';
import type { TransactionQuery } from './transaction-query.dto.js';

/** Lists a partner's payments, newest first. */
@Injectable()
export class TransactionSearch {
  constructor(
    private readonly database: TenantDatabase,
    private readonly pages: Pages,
    private readonly payerData: PayerData,
    private readonly answer: TransactionAnswer,
  ) {}

  async list(partnerId: string, query: TransactionQuery): Promise<TransactionPageDto> {
    const { limit, cursor, ...filters } = query;
    const page = { limit, cursor, purpose: `transactions:${partnerId}:${JSON.stringify(filters)}` };
    const scope = { partnerIds: [partnerId], actor: 'partner' };
    const found = await this.database.run(scope, (manager) => {
      const rows = manager
        .createQueryBuilder(Transaction, 't')
        .where('t.partner_id = :partnerId AND t.deleted_at IS NULL', { partnerId });
      this.filter(rows, query);
      return this.pages.read(rows, page);
    });
    const data = await Promise.all(found.rows.map((row) => this.answer.of(row)));
    return { object: 'list', data, has_more: found.hasMore, next_cursor: found.nextCursor };
  }

  private filter(rows: SelectQueryBuilder<Transaction>, query: TransactionQuery): void {
    // A literal, since a generic plan can't prove the predicate of a partial index.
    const status = transactionStatuses.find((known) => known === query.status);
    if (status) rows.andWhere(statusConditions[status]);
    const { provider, payment_method: method, currency, reference } = query;
    if (provider) rows.andWhere('t.provider = :provider', { provider });
    if (method) rows.andWhere('t.payment_method = :method', { method });
    if (currency) rows.andWhere('t.currency = :currency', { currency });
    if (reference) rows.andWhere('t.reference = :reference', { reference });
    if (query.customer_email) {
      const emailHashes = this.payerData.emailHashes(query.customer_email);
      // IN of one value is an equality, which keeps the order of the index.
      rows.andWhere('t.customer_email_hash IN (:...emailHashes)', { emailHashes });
    }
    if (query.created_from) rows.andWhere('t.created_at >= :from', { from: query.created_from });
    if (query.created_to) rows.andWhere('t.created_at < :to', { to: query.created_to });
  }
}

const statusConditions = {
  pending: `t.status = 'pending'`,
  processing: `t.status = 'processing'`,
  completed: `t.status = 'completed'`,
  failed: `t.status = 'failed'`,
  cancelled: `t.status = 'cancelled'`,
  refunded: `t.status = 'refunded'`,
  partially_refunded: `t.status = 'partially_refunded'`,
} as const;
