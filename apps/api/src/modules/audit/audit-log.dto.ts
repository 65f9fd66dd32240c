import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { PageDto, PageQuery } from '../../http/page.dto.js';
import { isLivemode } from '../../livemode.js';
import type { AuditLog } from './audit-log.entity.js';

export class AuditLogQuery extends PageQuery {
  /** `create`, `update`, `delete`, `read` or `refuse`. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  action?: string;

  @IsOptional()
  @IsString()
  @MaxLength(50)
  resource_type?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  resource_id?: string;
}

export class AuditLogDto {
  @ApiProperty({ example: 'audit_log' })
  object: string;
  id: string;
  @ApiProperty({ example: 'create' })
  action: string;
  @ApiProperty({ example: 'transaction' })
  resource_type: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  resource_id: string | null;
  @ApiProperty({ example: 'partner' })
  actor_type: string;
  /** The API key that did it; `operations` for whoever of us it was. */
  actor: string;
  @ApiProperty({ type: String, nullable: true })
  ip_address: string | null;
  @ApiProperty({ type: String, nullable: true })
  user_agent: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  request_id: string | null;
  @ApiProperty({ type: 'integer', nullable: true })
  http_status: number | null;
  /** How often it happened, where equal refusals are counted together. */
  @ApiProperty({ type: 'integer' })
  occurrences: number;
  @ApiProperty({ type: Object, nullable: true, additionalProperties: true })
  changes: Record<string, unknown> | null;
  @ApiProperty({ format: 'date-time' })
  created_at: string;
  livemode: boolean;
}

export class AuditLogPageDto extends PageDto {
  data: AuditLogDto[];
}

export function toAuditLogDto(row: AuditLog): AuditLogDto {
  return {
    object: 'audit_log',
    id: row.id,
    action: row.action,
    resource_type: row.resourceType,
    resource_id: row.resourceId,
    actor_type: row.actorType,
    ...(row.actorType === 'operator' ? deedOfOperations(row) : deedOfItsOwn(row)),
    request_id: row.requestId,
    http_status: row.httpStatus,
    occurrences: row.occurrences,
    created_at: row.createdAt.toISOString(),
    livemode: isLivemode(),
  };
}

function deedOfItsOwn({ actor, ipAddress, userAgent, changes }: AuditLog) {
  return { actor, ip_address: ipAddress, user_agent: userAgent, changes };
}

/** Who it was, from where and why stays among us. */
function deedOfOperations({ changes }: AuditLog) {
  const states = Object.entries(changes ?? {}).map(([when, state]) => {
    const { reason: _reason, ...shown } = state as Record<string, unknown>;
    return [when, shown] as const;
  });
  return {
    actor: 'operations',
    ip_address: null,
    user_agent: null,
    changes: changes && Object.fromEntries(states),
  };
}
