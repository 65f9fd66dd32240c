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
  actor_type: string;
  /** The API key or operator that did it. */
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
    actor: row.actor,
    ip_address: row.ipAddress,
    user_agent: row.userAgent,
    request_id: row.requestId,
    http_status: row.httpStatus,
    occurrences: row.occurrences,
    changes: row.changes,
    created_at: row.createdAt.toISOString(),
    livemode: isLivemode(),
  };
}
