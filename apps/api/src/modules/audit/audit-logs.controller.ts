import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentPartner } from '../../http/request.js';
import { AuditLogPageDto, AuditLogQuery } from './audit-log.dto.js';
import { AuditLogsService } from './audit-logs.service.js';
import { Audited } from '../../http/audited.decorator.js';

@ApiTags('Audit')
@Controller('v1/audit-logs')
export class AuditLogsController {
  constructor(private readonly auditLogs: AuditLogsService) {}

  /**
   * Who did what with your resources, newest first
   *
   * @remarks One row for each call that changed or read something of yours, or was refused. Equal refusals within
   * a short time are counted in one row.
   */
  @Get()
  @ApiOperation({ operationId: 'listAuditLogs' })
  @Audited('read', 'audit_log')
  list(@CurrentPartner() caller: Caller, @Query() query: AuditLogQuery): Promise<AuditLogPageDto> {
    return this.auditLogs.list(caller.partnerId, query);
  }
}
