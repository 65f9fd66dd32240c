import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { type Observable, tap } from 'rxjs';
import { type ApiRequest, originOf } from '../../http/request.js';
import { actorOf, AuditTrail } from './audit-trail.service.js';
import { auditContextOf } from '../../http/audited.decorator.js';

/** Writes reads to the audit log, and tells changes under which name to write themselves. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(private readonly trail: AuditTrail) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const audit = auditContextOf(context.getHandler());
    if (!audit) return next.handle();
    const request = context.switchToHttp().getRequest<ApiRequest>();
    request.audit = audit;
    if (audit.action !== 'read') return next.handle();
    return next.handle().pipe(tap(() => this.recordRead(request)));
  }

  private recordRead(request: ApiRequest): void {
    if (!request.audit) return;
    const { id } = request.params as { id?: string };
    const query = Object.keys(request.query as object);
    this.trail.recordRead({
      ...request.audit,
      ...originOf(request),
      partnerId: request.caller?.partnerId ?? null,
      ...actorOf(request),
      resourceId: id ?? null,
      changes: query.length > 0 ? { filters: query } : null,
    });
  }
}
