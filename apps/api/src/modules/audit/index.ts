export { AuditInterceptor } from './audit.interceptor.js';
export { AuditModule } from './audit.module.js';
export { AuditTrail } from './audit-trail.service.js';
