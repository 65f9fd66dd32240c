import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApiError } from '../../errors/api-error.js';
import { Pages } from '../../platform/pages.service.js';
import { type EventFeedQuery, type EventPageDto, toEventDto } from './event.dto.js';
import { EventFeedEpoch } from './event-feed-epoch.entity.js';
import { TransactionEvent } from './transaction-event.entity.js';

const defaultLimit = 20;

/** Restored events lie below zero. */
const firstPlace = '-9223372036854775808';

const begunAnew =
  'The feed began anew when the database was restored: read it again without `after`. Events that you have come with the same ids.';

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
   * the writing database transaction, and stops before the oldest one that is still running. Such
   * places are of one cluster: a cursor of an epoch before the present one is refused.
   */
  async feed(partnerId: string, query: EventFeedQuery): Promise<EventPageDto> {
    const purpose = `events:${partnerId}`;
    const limit = query.limit ?? defaultLimit;
    const after =
      query.after === undefined ? undefined : this.pages.readCursor(query.after, purpose);
    const [place, epochOfPlace = '1'] = (after?.place ?? firstPlace).split('/');
    const scope = { partnerIds: [partnerId], actor: 'partner' };
    const [epoch, events] = await this.database.run(scope, (manager) =>
      Promise.all([
        readEpoch(manager),
        manager
          .createQueryBuilder(TransactionEvent, 'e')
          .where('e.partner_id = :partnerId', { partnerId })
          .andWhere('(e.xact_id, e.id) > (:place::bigint, :id::bigint)', {
            place,
            id: after?.id ?? '0',
          })
          .andWhere('e.xact_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint')
          .orderBy('e.xact_id', 'ASC')
          .addOrderBy('e.id', 'ASC')
          .limit(limit + 1)
          .getMany(),
      ]),
    );
    if (after && epochOfPlace !== epoch)
      throw new ApiError('cursor_invalid', { detail: begunAnew });
    const shown = events.slice(0, limit);
    const last = shown.at(-1);
    return {
      object: 'list',
      data: shown.map(toEventDto),
      has_more: events.length > limit,
      next_cursor: last
        ? this.pages.writeCursor({ place: `${last.xactId}/${epoch}`, id: last.id }, purpose)
        : (query.after ?? null),
    };
  }
}

async function readEpoch(manager: EntityManager): Promise<string> {
  return String(await manager.maximum(EventFeedEpoch, 'epoch'));
}
