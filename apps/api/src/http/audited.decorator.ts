import { SetMetadata } from '@nestjs/common';
import type { AuditAction, AuditContext, AuditedResource } from './request.js';

const metadataKey = 'audited';

/**
 * Names what a route does to which resource.
 *
 * Reads are written by the interceptor. The row of a change is part of the statement that makes
 * the change, so that both commit or none.
 */
export const Audited = (action: AuditAction, resourceType: AuditedResource) =>
  SetMetadata(metadataKey, { action, resourceType } satisfies AuditContext);

export function auditContextOf(handler: object): AuditContext | undefined {
  return Reflect.getMetadata(metadataKey, handler) as AuditContext | undefined;
}
