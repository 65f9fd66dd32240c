import { rowReader, TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { defaultLimit, type PageOf, Pages } from '../../platform/pages.service.js';
import type { AuditLogQuery } from './audit-log.dto.js';
import { AuditLog } from './audit-log.entity.js';

interface Block {
  id: string;
  last_at: string;
}

const blocksOfPage = 10;
const largestId = '9223372036854775807';

const findBlocks = `
SELECT id, to_char(last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS last_at
FROM audit_blocks
WHERE partner_id = $1 AND last_at >= $2::timestamptz AND last_at >= $3::timestamptz
  AND first_at < $4::timestamptz AND first_at <= $5::timestamptz
ORDER BY audit_blocks.last_at DESC, id DESC LIMIT $6::int`;

// $2 to $6: filters. $7 and $8: the place of the last row of the page before. $10: the opened blocks,
// $11: where the first block that is not opened ends.
const readRows = `
SELECT row.*, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
FROM (
  SELECT * FROM (
    SELECT * FROM audit_logs AS a
    WHERE a.partner_id = $1 AND (a.created_at, a.id) < ($7::timestamptz, $8::bigint)
      AND ($2::text IS NULL OR a.action = $2) AND ($3::text IS NULL OR a.resource_type = $3)
      AND ($4::uuid IS NULL OR a.resource_id = $4) AND a.created_at >= $5::timestamptz
      AND a.created_at < $6::timestamptz AND a.created_at > $11::timestamptz
    ORDER BY a.created_at DESC, a.id DESC LIMIT $9::int) AS live
  UNION ALL
  SELECT packed.* FROM audit_blocks AS b
  CROSS JOIN LATERAL string_to_table(b.content, E'\\n') AS line
  CROSS JOIN LATERAL jsonb_populate_record(NULL::audit_logs, line::jsonb) AS packed
  WHERE b.partner_id = $1 AND b.id = ANY ($10::uuid[])
    AND (packed.created_at, packed.id) < ($7::timestamptz, $8::bigint)
    AND ($2::text IS NULL OR packed.action = $2)
    AND ($3::text IS NULL OR packed.resource_type = $3)
    AND ($4::uuid IS NULL OR packed.resource_id = $4) AND packed.created_at >= $5::timestamptz
    AND packed.created_at < $6::timestamptz AND packed.created_at > $11::timestamptz
) AS row
ORDER BY created_at DESC, id DESC LIMIT $9::int`;

/** Audit rows that were packed into blocks after 90 days. */
@Injectable()
export class AuditBlocksRepository {
  private readonly toAuditLog: (row: Record<string, unknown>) => AuditLog;

  constructor(
    dataSource: DataSource,
    private readonly database: TenantDatabase,
    private readonly pages: Pages,
  ) {
    this.toAuditLog = rowReader(dataSource, AuditLog);
  }

  /**
   * Reads the page anew where blocks have rows of it, too.
   *
   * A page opens a few blocks only: it may have fewer rows than asked for, and go on all the same.
   *
   * @param live the page as the partitions have it
   */
  async complete(
    partnerId: string,
    query: AuditLogQuery,
    live: PageOf<AuditLog>,
    purpose: string,
  ): Promise<PageOf<AuditLog>> {
    const after =
      query.cursor === undefined
        ? { place: 'infinity', id: largestId }
        : this.pages.readCursor(query.cursor, purpose);
    const { created_from: from = '-infinity', created_to: to = 'infinity' } = query;
    const oldest = live.hasMore ? live.rows.at(-1)?.createdAt : '-infinity';
    const scope = { partnerIds: [partnerId], actor: 'partner' };
    const period = [oldest, from, to, after.place];
    const values = [partnerId, ...period, blocksOfPage + 1];
    const blocks = await this.database.statement<Block>(scope, findBlocks, values);
    if (blocks.length === 0) return live;
    const opened = blocks.slice(0, blocksOfPage).map(({ id }) => id);
    const next = blocks[blocksOfPage]?.last_at;
    const limit = query.limit ?? defaultLimit;
    const filters = [query.action, query.resource_type, query.resource_id].map((f) => f ?? null);
    const place = [from, to, after.place, after.id, limit + 1, opened, next ?? '-infinity'];
    const rows = await this.database.statement<{ position: string }>(scope, readRows, [
      ...[partnerId, ...filters, ...place],
    ]);
    const shown = rows.slice(0, limit);
    const position = positionAfter(rows.length > limit ? shown.at(-1) : undefined, next);
    return {
      rows: shown.map(this.toAuditLog),
      hasMore: position !== undefined,
      nextCursor: position ? this.pages.writeCursor(position, purpose) : null,
    };
  }
}

/** After the last row of a full page; else before the first block that was not opened. */
function positionAfter(last: Record<string, unknown> | undefined, next: string | undefined) {
  if (last) return { place: String(last['position']), id: String(last['id']) };
  return next === undefined ? undefined : { place: next, id: largestId };
}
