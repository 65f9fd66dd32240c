import { Injectable } from '@nestjs/common';
import { violatedConstraint } from '../../errors/database-errors.js';
import { ApiError } from '../../errors/api-error.js';
import type { AcceptedVersions } from '../../http/entity-tags.js';
import type { Position } from '../../http/page.dto.js';
import type { Operator } from '../../http/request.js';
import { CacheVersions } from '../../platform/cache-versions.js';
import type { ApiKeyRow, NewApiKey } from '../partners/index.js';
import { OperationsDatabase, scopeOf } from './operations-database.service.js';
import {
  findPartner,
  insertPartner,
  listApiKeys,
  listPartners,
  lockPartner,
  rotateKey,
  updatePartner,
} from './partner-account.statements.js';
import type { PartnerRow, UpdatePartnerDto } from './partner-account.dto.js';

/** A partner that is about to be recorded, its secrets hashed and sealed. */
export interface NewPartner extends Pick<
  PartnerRow,
  'id' | 'name' | 'email' | 'rate_limit_per_minute' | 'webhook_url' | 'metadata'
> {
  sealedWebhookSecret: string;
}

type ListedRow = PartnerRow & { position: string };
type UpdatedRow = { [Column in keyof PartnerRow]: PartnerRow[Column] | null };

/** Partners and their keys, for internal teams. */
@Injectable()
export class PartnerAccountsRepository {
  constructor(
    private readonly database: OperationsDatabase,
    private readonly versions: CacheVersions,
  ) {}

  /** @throws ApiError `email_taken` */
  async insert(partner: NewPartner, key: NewApiKey, operator: Operator): Promise<PartnerRow> {
    const { id, name, email, rate_limit_per_minute: rateLimit, webhook_url: url } = partner;
    const { sealedWebhookSecret, metadata } = partner;
    const values = [id, name, email, key.hash, key.prefix, rateLimit, url, sealedWebhookSecret];
    const rows = this.database.statement<PartnerRow>(scopeOf(operator), insertPartner, [
      ...values,
      metadata,
      key.id,
      ...auditValues(operator),
    ]);
    const [row] = await rows.catch(translate);
    if (!row) throw new Error(`partner ${id} was not returned`);
    return row;
  }

  find(
    id: string,
    operator: Operator,
  ): Promise<{ partner: PartnerRow; apiKeys: ApiKeyRow[] } | undefined> {
    return this.database.run(scopeOf(operator), async (manager) => {
      const [partner] = await manager.query<PartnerRow[]>(findPartner, [id]);
      return partner && { partner, apiKeys: await manager.query<ApiKeyRow[]>(listApiKeys, [id]) };
    });
  }

  /** Newest first. */
  list(after: Position | undefined, limit: number, operator: Operator): Promise<ListedRow[]> {
    const values = [after?.place ?? null, after?.id ?? null, limit];
    return this.database.statement<ListedRow>(scopeOf(operator), listPartners, values);
  }

  /** @returns `stale` when the partner has none of the accepted versions, `undefined` without one */
  async update(
    id: string,
    changes: UpdatePartnerDto,
    accepted: AcceptedVersions,
    operator: Operator,
  ): Promise<PartnerRow | 'stale' | undefined> {
    const { name, rate_limit_per_minute: rateLimit, is_active: isActive } = changes;
    const [row] = await this.database.statement<UpdatedRow>(scopeOf(operator), updatePartner, [
      id,
      accepted ?? null,
      name ?? null,
      rateLimit ?? null,
      isActive ?? null,
      changes.webhook_url !== undefined,
      changes.webhook_url ?? null,
      ...auditValues(operator),
    ]);
    if (!row) return undefined;
    this.versions.expire();
    return row.id === null ? 'stale' : (row as PartnerRow);
  }

  /**
   * Gives the partner a new key and lets the others end.
   *
   * The partner is locked first, in a statement of its own: a second rotation then sees the key of
   * the first one.
   *
   * @returns `stale` when the partner has none of the accepted versions, `undefined` without one
   */
  async rotate(
    id: string,
    key: NewApiKey,
    gracePeriodHours: number,
    accepted: AcceptedVersions,
    operator: Operator,
  ): Promise<{ previousKeysExpireAt: Date | null } | 'stale' | undefined> {
    const rotated = await this.database.run(scopeOf(operator), async (manager) => {
      const [partner] = await manager.query<{ version: number }[]>(lockPartner, [id]);
      if (!partner) return undefined;
      if (accepted && !accepted.includes(partner.version)) return 'stale';
      const values = [id, key.id, key.prefix, key.hash, gracePeriodHours];
      const [row] = await manager.query<{ previous_keys_expire_at: Date | null }[]>(rotateKey, [
        ...values,
        ...auditValues(operator),
      ]);
      return { previousKeysExpireAt: row?.previous_keys_expire_at ?? null };
    });
    this.versions.expire();
    return rotated;
  }
}

function auditValues({ name, ipAddress, userAgent, requestId }: Operator) {
  return [name, ipAddress, userAgent ?? null, requestId];
}

function translate(error: unknown): never {
  if (violatedConstraint(error) === 'unique_partners_email_lower')
    throw new ApiError('email_taken');
  throw error;
}
