import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditInterceptor } from './audit.interceptor.js';
import { AuditBlocksRepository } from './audit-blocks.repository.js';
import { AuditBlock } from './audit-block.entity.js';
import { AuditLog } from './audit-log.entity.js';
import { AuditLogsController } from './audit-logs.controller.js';
import { AuditLogsService } from './audit-logs.service.js';
import { AuditTrail } from './audit-trail.service.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([AuditLog, AuditBlock])],
  controllers: [AuditLogsController],
  providers: [AuditTrail, AuditInterceptor, AuditLogsService, AuditBlocksRepository],
  exports: [AuditTrail, AuditInterceptor],
})
export class AuditModule {}
