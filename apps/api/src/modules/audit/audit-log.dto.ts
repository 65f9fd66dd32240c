import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { OpenEnum } from '../../http/open-enum.decorator.js';
import { PageDto } from '../../http/page.dto.js';
import { PeriodQuery } from '../../http/period-query.dto.js';
import { auditedResources } from '../../http/request.js';
import { isLivemode } from '../../livemode.js';
import type { AuditLog } from './audit-log.entity.js';

export class AuditLogQuery extends PeriodQuery {
  /** `create`, `update`, `delete`, `read` or `refuse`. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  action?: string;

  /** As in `transaction`, `refund` or `partner`. */
  @IsOptional()
  @IsString()
  @MaxLength(50)
  resource_type?: string;

  /** The `id` of one resource. */
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  resource_id?: string;
}

export class AuditLogDto {
  @ApiProperty({ example: 'audit_log' })
  object: string;
  id: string;
  @OpenEnum(['create', 'update', 'delete', 'read', 'refuse'])
  action: string;
  /** What kind of resource; `request` for one that was refused before it met any. */
  @OpenEnum([...auditedResources, 'request'])
  resource_type: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  resource_id: string | null;
  @OpenEnum(['partner', 'operator', 'system'])
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
  const isOurs = row.actorType === 'operator';
  return {
    object: 'audit_log',
    id: row.id,
    action: row.action,
    resource_type: row.resourceType,
    resource_id: row.resourceId,
    actor_type: row.actorType,
    // Who of us it was, from where and why stays among us.
    actor: isOurs ? 'operations' : row.actor,
    ip_address: isOurs ? null : row.ipAddress,
    user_agent: isOurs ? null : row.userAgent,
    request_id: row.requestId,
    http_status: row.httpStatus,
    occurrences: row.occurrences,
    changes: row.changes && mapMembers(row.changes, (_when, state) => presentState(state, isOurs)),
    created_at: row.createdAt.toISOString(),
    livemode: isLivemode(),
  };
}

/** Times are those of the wire, as everywhere; the database wrote them in its own form. */
function presentState(state: unknown, isOurs: boolean): unknown {
  if (typeof state !== 'object' || state === null || Array.isArray(state)) return state;
  const { reason: _reason, ...withoutReason } = state as Record<string, unknown>;
  return mapMembers(isOurs ? withoutReason : (state as Record<string, unknown>), (name, value) =>
    name.endsWith('_at') && typeof value === 'string' ? new Date(value).toISOString() : value,
  );
}

function mapMembers(
  members: Record<string, unknown>,
  change: (name: string, value: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name, change(name, value)]),
  );
}
