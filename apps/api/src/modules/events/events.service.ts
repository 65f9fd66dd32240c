import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { ApiError } from '../../errors/api-error.js';
import { Pages } from '../../platform/pages.service.js';
import { type EventFeedQuery, type EventPageDto, toEventDto } from './event.dto.js';
import { TransactionEvent } from './transaction-event.entity.js';

const defaultLimit = 20;

const isNotDeleted = `EXISTS (SELECT FROM transactions AS t
  WHERE t.id = e.transaction_id AND t.partner_id = e.partner_id AND t.deleted_at IS NULL)`;

/** Reads what happened. Events are written by the database, with the change that they tell of. */
@Injectable()
export class EventsService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly pages: Pages,
  ) {}

  /** All events of one transaction, first to last. A transaction always has one. */
  async listOfTransaction(partnerId: string, transactionId: string): Promise<EventPageDto> {
    const scope = { partnerIds: [partnerId], actor: 'partner' };
    const events = await this.database.run(scope, (manager) =>
      manager
        .createQueryBuilder(TransactionEvent, 'e')
        .where('e.partner_id = :partnerId AND e.transaction_id = :transactionId', {
          partnerId,
          transactionId,
        })
        .andWhere(isNotDeleted)
        .orderBy('e.sequence', 'ASC')
        .getMany(),
    );
    if (events.length === 0) throw new ApiError('transaction_not_found');
    return { object: 'list', data: events.map(toEventDto), has_more: false, next_cursor: null };
  }

  /**
   * The partner's events in the order in which they became visible.
   *
   * Ids are given before commit, so a reader that goes by id alone loses events. This feed goes by
   * the writing database transaction, and stops before the oldest one that is still running.
   */
  async feed(partnerId: string, query: EventFeedQuery): Promise<EventPageDto> {
    const purpose = `events:${partnerId}`;
    const limit = query.limit ?? defaultLimit;
    const after =
      query.after === undefined
        ? { place: '0', id: '0' }
        : this.pages.readCursor(query.after, purpose);
    const scope = { partnerIds: [partnerId], actor: 'partner' };
    const events = await this.database.run(scope, (manager) =>
      manager
        .createQueryBuilder(TransactionEvent, 'e')
        .where('e.partner_id = :partnerId', { partnerId })
        .andWhere('(e.xact_id, e.id) > (:transaction::bigint, :id::bigint)', {
          transaction: after.place,
          id: after.id,
        })
        .andWhere('e.xact_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint')
        .orderBy('e.xact_id', 'ASC')
        .addOrderBy('e.id', 'ASC')
        .limit(limit + 1)
        .getMany(),
    );
    const shown = events.slice(0, limit);
    const last = shown.at(-1);
    return {
      object: 'list',
      data: shown.map(toEventDto),
      has_more: events.length > limit,
      next_cursor: last
        ? this.pages.writeCursor({ place: last.xactId, id: last.id }, purpose)
        : (query.after ?? null),
    };
  }
}
