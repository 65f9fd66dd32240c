import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import type { SelectQueryBuilder } from 'typeorm';
import { defaultLimit, Pages } from '../../platform/pages.service.js';
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
      if (needsSearch(query)) this.search(rows, query, page);
      else this.filter(rows, query);
      return this.pages.read(rows, page);
    });
    const data = await Promise.all(found.rows.map((row) => this.answer.of(row)));
    return { object: 'list', data, has_more: found.hasMore, next_cursor: found.nextCursor };
  }

  private filter(rows: SelectQueryBuilder<Transaction>, query: TransactionQuery): void {
    // A literal, since a generic plan can't prove the predicate of a partial index.
    const status = transactionStatuses.find((known) => known === query.status);
    if (status) rows.andWhere(statusConditions[status]);
    const { reference } = query;
    if (reference) rows.andWhere('t.reference = :reference', { reference });
    if (query.customer_email) {
      const emailHashes = this.payerData.emailHashes(query.customer_email);
      // IN of one value is an equality, which keeps the order of the index.
      rows.andWhere('t.customer_email_hash IN (:...emailHashes)', { emailHashes });
    }
    if (query.created_from) rows.andWhere('t.created_at >= :from', { from: query.created_from });
    if (query.created_to) rows.andWhere('t.created_at < :to', { to: query.created_to });
  }

  /** Lets the database find the ids of the page: no index serves these filters under row-level security. */
  private search(
    rows: SelectQueryBuilder<Transaction>,
    query: TransactionQuery,
    page: { cursor: string | undefined; purpose: string },
  ): void {
    const { cursor, purpose } = page;
    const after = cursor === undefined ? undefined : this.pages.readCursor(cursor, purpose);
    const { customer_email: email } = query;
    rows.andWhere(isFound, {
      rows: (query.limit ?? defaultLimit) + 1,
      before: after?.place ?? null,
      beforeId: after?.id ?? null,
      from: query.created_from ?? null,
      to: query.created_to ?? null,
      status: query.status ?? null,
      provider: query.provider ?? null,
      method: query.payment_method ?? null,
      currency: query.currency ?? null,
      least: query.amount_min ?? null,
      most: query.amount_max ?? null,
      metadata: query.metadata ? JSON.stringify(query.metadata) : null,
      emailHashes: email === undefined ? null : this.payerData.emailHashes(email),
      reference: query.reference ?? null,
    });
  }
}

function needsSearch(query: TransactionQuery): boolean {
  const { provider, payment_method: method, currency, metadata } = query;
  return [provider, method, currency, metadata].some((filter) => filter !== undefined);
}

const isFound = `t.id = ANY ((SELECT search_transactions(:rows::int, :before::timestamptz, :beforeId::uuid,
  :from::timestamptz, :to::timestamptz, :status::transaction_status, :provider::payment_provider,
  :method::text, :currency::text, :least::numeric, :most::numeric, :metadata::jsonb,
  :emailHashes::text[], :reference::text))::uuid[])`;

const statusConditions = {
  pending: `t.status = 'pending'`,
  processing: `t.status = 'processing'`,
  completed: `t.status = 'completed'`,
  failed: `t.status = 'failed'`,
  cancelled: `t.status = 'cancelled'`,
  refunded: `t.status = 'refunded'`,
  partially_refunded: `t.status = 'partially_refunded'`,
} as const;
