import { Inject, Injectable } from '@nestjs/common';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { type Config, CONFIG } from '../config.js';
import { Cursors, type Position } from '../http/page.dto.js';

/** Rows of a page when the caller does not say. */
export const defaultLimit = 20;

/** One page of a list. */
export interface PageOf<Row> {
  rows: Row[];
  hasMore: boolean;
  nextCursor: string | null;
}

/** Cuts lists into pages by the place of their last row, so that every page costs the same. */
@Injectable()
export class Pages {
  private readonly cursors: Cursors;

  constructor(@Inject(CONFIG) config: Config) {
    this.cursors = new Cursors(config.API_KEY_PEPPER);
  }

  writeCursor(position: Position, purpose: string): string {
    return this.cursors.write(position, purpose);
  }

  /** @throws ApiError `cursor_invalid` */
  readCursor(cursor: string, purpose: string): Position {
    return this.cursors.read(cursor, purpose);
  }

  /**
   * Reads one page, newest first, of rows that have `created_at` and `id`.
   *
   * @param page.purpose the list, its owner and its filters, to which its cursors are bound
   */
  async read<Row extends ObjectLiteral>(
    rows: SelectQueryBuilder<Row>,
    page: { limit?: number; cursor?: string; purpose: string },
  ): Promise<PageOf<Row>> {
    const limit = page.limit ?? defaultLimit;
    const { alias } = rows;
    if (page.cursor !== undefined) {
      const after = this.readCursor(page.cursor, page.purpose);
      rows.andWhere(`(${alias}.created_at, ${alias}.id) < (:afterTime, :afterId)`, {
        afterTime: after.place,
        afterId: after.id,
      });
    }
    const { entities, raw } = await rows
      .addSelect(`to_char(${alias}.created_at AT TIME ZONE 'UTC', '${microseconds}')`, 'position')
      .addOrderBy(`${alias}.created_at`, 'DESC')
      .addOrderBy(`${alias}.id`, 'DESC')
      .limit(limit + 1)
      .getRawAndEntities<{ position: string }>();
    const shown = entities.slice(0, limit);
    const last = shown.at(-1);
    const place = raw[shown.length - 1]?.position;
    const hasMore = entities.length > limit && last !== undefined && place !== undefined;
    return {
      rows: shown,
      hasMore,
      nextCursor: hasMore
        ? this.writeCursor({ place, id: String(last['id']) }, page.purpose)
        : null,
    };
  }
}

/** A JavaScript Date would cut the microseconds, and rows with them. */
const microseconds = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';
