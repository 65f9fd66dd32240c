import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { Pages } from '../../platform/pages.service.js';
import { type AuditLogPageDto, type AuditLogQuery, toAuditLogDto } from './audit-log.dto.js';
import { AuditBlocksRepository } from './audit-blocks.repository.js';
import { AuditLog } from './audit-log.entity.js';

/** Lists a partner's own audit rows, newest first. */
@Injectable()
export class AuditLogsService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly pages: Pages,
    private readonly blocks: AuditBlocksRepository,
  ) {}

  async list(partnerId: string, query: AuditLogQuery): Promise<AuditLogPageDto> {
    const { limit, cursor, ...filters } = query;
    const purpose = `audit:${partnerId}:${JSON.stringify(filters)}`;
    const page = { limit, cursor, purpose };
    const scope = { partnerIds: [partnerId], actor: 'partner' };
    const live = await this.database.run(scope, (manager) => {
      const rows = manager
        .createQueryBuilder(AuditLog, 'a')
        .where('a.partner_id = :partnerId', { partnerId });
      const { action, resource_type: resourceType, resource_id: resourceId } = query;
      if (action) rows.andWhere('a.action = :action', { action });
      if (resourceType) rows.andWhere('a.resource_type = :resourceType', { resourceType });
      if (resourceId) rows.andWhere('a.resource_id = :resourceId', { resourceId });
      if (query.created_from) rows.andWhere('a.created_at >= :from', { from: query.created_from });
      if (query.created_to) rows.andWhere('a.created_at < :to', { to: query.created_to });
      return this.pages.read(rows, page);
    });
    const found = await this.blocks.complete(partnerId, query, live, purpose);
    return {
      object: 'list',
      data: found.rows.map(toAuditLogDto),
      has_more: found.hasMore,
      next_cursor: found.nextCursor,
    };
  }
}
