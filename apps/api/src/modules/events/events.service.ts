import { rowReader, TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiError } from '../../errors/api-error.js';
import { Pages } from '../../platform/pages.service.js';
import { type EventFeedQuery, type EventPageDto, toEventDto } from './event.dto.js';
import { TransactionEvent } from './transaction-event.entity.js';

const defaultLimit = 20;

/** What lies in the partitions, and what was folded into a history. */
const timeline = `
SELECT e.* FROM transaction_timeline AS e
WHERE e.partner_id = $1 AND e.transaction_id = $2 AND EXISTS (SELECT FROM transactions AS t
  WHERE t.id = $2 AND t.partner_id = $1 AND t.deleted_at IS NULL)
ORDER BY e.sequence`;

const isPastHorizon = `SELECT EXISTS (SELECT FROM event_horizons AS h
  WHERE h.partner_id = $1 AND (h.xact_id, h.event_id) > ($2::bigint, $3::bigint)) AS past`;

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
   * the writing database transaction, and stops before the oldest one that is still running.
   *
   * @throws ApiError `cursor_expired` when events after the cursor are in histories only
   */
  async feed(partnerId: string, query: EventFeedQuery): Promise<EventPageDto> {
    const purpose = `events:${partnerId}`;
    const limit = query.limit ?? defaultLimit;
    const after =
      query.after === undefined
        ? { place: '0', id: '0' }
        : this.pages.readCursor(query.after, purpose);
    const scope = { partnerIds: [partnerId], actor: 'partner' };
    const events = await this.database.run(scope, async (manager) => {
      if (query.after !== undefined) {
        const values = [partnerId, after.place, after.id];
        const [row] = await manager.query<{ past: boolean }[]>(isPastHorizon, values);
        if (row?.past) throw new ApiError('cursor_expired');
      }
      return manager
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
        .getMany();
    });
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
