import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type PageOf, Pages } from '../../platform/pages.service.js';
import { Expansions } from '../transactions/index.js';
import type { RefundPageDto, RefundQuery } from './refund.dto.js';
import { ArchivedRefund, Refund } from './refund.entity.js';
import { refundStatuses } from './refund.machine.js';
import { RefundsService } from './refunds.service.js';

/** How many refunds a payment is answered with; the list of refunds has them all. */
const mostExpanded = 100;

/** Lists a partner's refunds, newest first. */
@Injectable()
export class RefundSearch {
  constructor(
    private readonly database: TenantDatabase,
    private readonly pages: Pages,
    private readonly refunds: RefundsService,
    expansions: Expansions,
  ) {
    expansions.add('refunds', async (partnerId, transactionId) => {
      const all = { transaction_id: transactionId, limit: mostExpanded };
      return (await this.list(partnerId, all)).data;
    });
  }

  /** Those of one payment are found in the archive, too, where they all are or none. */
  async list(partnerId: string, query: RefundQuery): Promise<RefundPageDto> {
    const scope = { partnerIds: [partnerId], actor: 'partner' };
    const found = await this.database.run(scope, async (manager) => {
      const live = await this.read(manager, Refund, partnerId, query);
      if (live.rows.length > 0 || !query.transaction_id) return live;
      const archived = await this.read(manager, ArchivedRefund, partnerId, query);
      for (const refund of archived.rows) refund.archived = true;
      return archived;
    });
    const data = await Promise.all(found.rows.map((row) => this.refunds.present(row)));
    return { object: 'list', data, has_more: found.hasMore, next_cursor: found.nextCursor };
  }

  private read(
    manager: EntityManager,
    from: typeof Refund,
    partnerId: string,
    query: RefundQuery,
  ): Promise<PageOf<Refund>> {
    const { limit, cursor, ...filters } = query;
    const rows = manager
      .createQueryBuilder(from, 'r')
      .where('r.partner_id = :partnerId AND r.deleted_at IS NULL', { partnerId });
    const { transaction_id: transactionId } = query;
    // A literal, since a generic plan can't prove the predicate of a partial index.
    const status = refundStatuses.find((known) => known === query.status);
    if (status) rows.andWhere(statusConditions[status]);
    if (transactionId) rows.andWhere('r.transaction_id = :transactionId', { transactionId });
    if (query.created_from) rows.andWhere('r.created_at >= :from', { from: query.created_from });
    if (query.created_to) rows.andWhere('r.created_at < :to', { to: query.created_to });
    const purpose = `refunds:${partnerId}:${JSON.stringify(filters)}`;
    return this.pages.read(rows, { limit, cursor, purpose });
  }
}

const statusConditions = {
  pending: `r.status = 'pending'`,
  processing: `r.status = 'processing'`,
  completed: `r.status = 'completed'`,
  failed: `r.status = 'failed'`,
} as const;
