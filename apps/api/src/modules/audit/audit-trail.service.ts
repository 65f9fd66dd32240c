import { TenantDatabase } from '@libs/database';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { isUnavailable } from '../../errors/database-errors.js';
import type { ApiError } from '../../errors/api-error.js';
import type {
  ApiRequest,
  AuditAction,
  AuditedResource,
  RequestOrigin,
} from '../../http/request.js';

/** One row of the audit log that is not part of a change. */
export interface AuditEntry extends RequestOrigin {
  action: AuditAction | 'refuse';
  resourceType: AuditedResource | 'request';
  partnerId: string | null;
  actorType: 'partner' | 'operator' | 'anonymous';
  actor: string;
  resourceId: string | null;
  changes: Record<string, unknown> | null;
  httpStatus?: number;
  occurrences?: number;
}

const readFlushMs = 100;
const refusalWindowMs = 60_000;
const maxBufferedReads = 10_000;
const maxRefusalGroups = 5_000;
const auditedRefusals = new Set([401, 403, 429]);

const insertRows = `INSERT INTO audit_logs (partner_id, actor_type, actor, action, resource_type,
    resource_id, ip_address, user_agent, request_id, http_status, occurrences, changes)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[],
    $7::inet[], $8::text[], $9::uuid[], $10::smallint[], $11::int[], $12::jsonb[])`;

/**
 * Writes reads and refusals to the audit log in batches.
 *
 * Reads are flushed within 100 ms. Refusals are counted per caller, code and minute, so that an
 * attacker can't make us write. Rows wait, in memory, for a database that can't answer. A process
 * that is killed loses what it had not flushed.
 */
@Injectable()
export class AuditTrail implements OnApplicationShutdown {
  private readonly logger = new Logger('AuditTrail');
  private reads: AuditEntry[] = [];
  private readonly refusals = new Map<string, AuditEntry>();
  private readonly timers = [
    setInterval(() => void this.flushReads(), readFlushMs).unref(),
    setInterval(() => void this.flushRefusals(), refusalWindowMs).unref(),
  ];

  constructor(private readonly database: TenantDatabase) {}

  recordRead(entry: AuditEntry): void {
    if (this.reads.length < maxBufferedReads) this.reads.push(entry);
    else this.logger.error('the audit buffer is full: a read was not recorded');
  }

  recordRefusal(error: ApiError, origin: RequestOrigin, request: ApiRequest): void {
    if (!auditedRefusals.has(error.status)) return;
    const caller = request.caller?.partnerId ?? request.operator?.name ?? origin.ipAddress;
    const key = `${caller} ${error.code}`;
    const known = this.refusals.get(key);
    if (known) known.occurrences = (known.occurrences ?? 1) + 1;
    else if (this.refusals.size < maxRefusalGroups) {
      this.refusals.set(key, {
        ...origin,
        action: 'refuse',
        resourceType: 'request',
        partnerId: request.caller?.partnerId ?? null,
        ...actorOf(request),
        resourceId: null,
        httpStatus: error.status,
        changes: { code: error.code },
        occurrences: 1,
      });
    }
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  /** Writes what is buffered; called once nobody is served any more. */
  async flush(): Promise<void> {
    await Promise.all([this.flushReads(), this.flushRefusals()]);
  }

  private async flushReads(): Promise<void> {
    const entries = this.reads;
    this.reads = [];
    await this.write(entries);
  }

  private async flushRefusals(): Promise<void> {
    const entries = [...this.refusals.values()];
    this.refusals.clear();
    await this.write(entries);
  }

  private async write(entries: AuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const partnerIds = [...new Set(entries.flatMap((entry) => entry.partnerId ?? []))];
    try {
      await this.database.statement({ partnerIds, actor: 'system' }, insertRows, columns(entries));
    } catch (error) {
      await this.keepWhatCanBeWritten(entries, error);
    }
  }

  /** A database that can't answer gets the rows again; a row that it refuses stops no other row. */
  private async keepWhatCanBeWritten(entries: AuditEntry[], error: unknown): Promise<void> {
    if (isUnavailable(error)) {
      this.logger.warn(`${entries.length} audit rows wait for the database: ${String(error)}`);
      for (const entry of entries) this.recordRead(entry);
    } else if (entries.length === 1) {
      this.logger.error(`an audit row was refused: ${String(error)}`);
    } else {
      const half = Math.ceil(entries.length / 2);
      await this.write(entries.slice(0, half));
      await this.write(entries.slice(half));
    }
  }
}

/** Who a request comes from, as the audit log names them. */
export function actorOf({ operator, caller }: ApiRequest): Pick<AuditEntry, 'actorType' | 'actor'> {
  if (operator) return { actorType: 'operator', actor: operator.name };
  if (caller) return { actorType: 'partner', actor: caller.apiKeyId };
  return { actorType: 'anonymous', actor: 'anonymous' };
}

function columns(entries: AuditEntry[]): unknown[][] {
  return [
    entries.map((entry) => entry.partnerId),
    entries.map((entry) => entry.actorType),
    entries.map((entry) => entry.actor),
    entries.map((entry) => entry.action),
    entries.map((entry) => entry.resourceType),
    entries.map((entry) => entry.resourceId),
    entries.map((entry) => entry.ipAddress),
    entries.map((entry) => entry.userAgent ?? null),
    entries.map((entry) => entry.requestId),
    entries.map((entry) => entry.httpStatus ?? 200),
    entries.map((entry) => entry.occurrences ?? 1),
    entries.map((entry) => (entry.changes === null ? null : JSON.stringify(entry.changes))),
  ];
}
