import type { AuditLogFilters, AuditLogPage } from './models.js';
import { type Listed, listed } from './pages.js';
import type { CallOptions, Transport } from './transport.js';

/** Who did what with your resources. */
export class AuditLogs {
  constructor(private readonly transport: Transport) {}

  /** The newest first. */
  list(query?: AuditLogFilters, options?: CallOptions): Listed<AuditLogPage> {
    return listed((further) =>
      this.transport.send('listAuditLogs', { query: { ...query, ...further } }, options),
    );
  }
}
