import { rowReader, TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ApiError } from '../../errors/api-error.js';
import { Pages } from '../../platform/pages.service.js';
import { type EventFeedQuery, type EventPageDto, toEventDto } from './event.dto.js';
import { EventFeedEpoch } from './event-feed-epoch.entity.js';
import { TransactionEvent } from './transaction-event.entity.js';

const defaultLimit = 20;

/** What lies in the partitions, and what was folded into a history. */
const timeline = `
SELECT e.* FROM transaction_timeline AS e
WHERE e.partner_id = $1 AND e.transaction_id = $2 AND EXISTS (SELECT FROM transaction_records AS t
  WHERE t.id = $2 AND t.partner_id = $1 AND t.deleted_at IS NULL)
ORDER BY e.sequence`;

/** Restored events lie below zero. */
const firstPlace = '-9223372036854775808';

const begunAnew =
  'The feed began anew when the database was restored: read it again without `after`. Events that you have come with the same ids.';

const pastHorizon = `SELECT EXISTS (SELECT FROM event_horizons AS h
  WHERE h.partner_id = $1 AND (h.xact_id, h.event_id) > ($2::bigint, $3::bigint)) AS past`;

interface FeedPlace {
  partnerId: string;
  place: string;
  id: string;
}

/** Reads what happened. Events are written by the database, with the change that they tell of. */
@Injectable()
export class EventsService {
  private readonly toEvent: (row: Record<string, unknown>) => TransactionEvent;

  constructor(
    dataSource: DataSource,
    private readonly database: TenantDatabase,
    private readonly pages: Pages,
  ) {
    this.toEvent = rowReader(dataSource, TransactionEvent);
  }

  /** All events of one transaction, first to last. A transaction always has one. */
  async listOfTransaction(partnerId: string, transactionId: string): Promise<EventPageDto> {
    const scope = { partnerIds: [partnerId], actor: 'partner' };
    const rows = await this.database.statement(scope, timeline, [partnerId, transactionId]);
    const events = rows.map(this.toEvent);
    if (events.length === 0) throw new ApiError('transaction_not_found');
    return { object: 'list', data: events.map(toEventDto), has_more: false, next_cursor: null };
  }

  /**
   * The partner's events in the order in which they became visible.
   *
   * Ids are given before commit, so a reader that goes by id alone loses events. This feed goes by
   * the writing database transaction, and stops before the oldest one that is still running. Such
   * places are of one cluster: a cursor of an epoch before the present one is refused.
   *
   * @throws ApiError `cursor_expired` when events after the cursor are in histories only
   */
  async feed(partnerId: string, query: EventFeedQuery): Promise<EventPageDto> {
    const purpose = `events:${partnerId}`;
    const limit = query.limit ?? defaultLimit;
    const after =
      query.after === undefined ? undefined : this.pages.readCursor(query.after, purpose);
    const [place, epochOfPlace = '1'] = (after?.place ?? firstPlace).split('/');
    const from = { partnerId, place, id: after?.id ?? '0' };
    const scope = { partnerIds: [partnerId], actor: 'partner' };
    // The page before the horizon: what is folded in between shows as expired, not as a gap.
    const [epoch, events, isExpired] = await this.database.run(scope, (manager) =>
      Promise.all([
        readEpoch(manager),
        readFeed(manager, from, limit + 1),
        after ? isPastHorizon(manager, from) : false,
      ]),
    );
    if (after && epochOfPlace !== epoch)
      throw new ApiError('cursor_invalid', { detail: begunAnew });
    if (isExpired) throw new ApiError('cursor_expired');
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

async function isPastHorizon(manager: EntityManager, from: FeedPlace): Promise<boolean> {
  const values = [from.partnerId, from.place, from.id];
  const rows = await manager.query<{ past: boolean }[]>(pastHorizon, values);
  return rows.some(({ past }) => past);
}

function readFeed(manager: EntityManager, from: FeedPlace, limit: number) {
  return manager
    .createQueryBuilder(TransactionEvent, 'e')
    .where('e.partner_id = :partnerId', { partnerId: from.partnerId })
    .andWhere('(e.xact_id, e.id) > (:place::bigint, :id::bigint)', from)
    .andWhere('e.xact_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint')
    .orderBy('e.xact_id', 'ASC')
    .addOrderBy('e.id', 'ASC')
    .limit(limit)
    .getMany();
}
