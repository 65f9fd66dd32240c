import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApiError } from '../../errors/api-error.js';
import type { AcceptedVersions } from '../../http/entity-tags.js';
import type { Caller } from '../../http/request.js';
import type { NewApiKey } from './api-key.js';
import type { ApiKeyRow } from './api-key.dto.js';
import { Partner } from './partner.entity.js';
import type { UpdateProfileDto } from './partner.dto.js';
import {
  listApiKeys,
  readWebhookSecret,
  rotateApiKey,
  rotateWebhookSecret,
  updatePartner,
} from './partner.statements.js';

export interface Profile {
  partner: Partner;
  apiKeys: ApiKeyRow[];
}

/** A partner's own row and keys. */
@Injectable()
export class PartnersRepository {
  constructor(private readonly database: TenantDatabase) {}

  /** @throws ApiError `unauthorized` when the caller is gone meanwhile */
  find(caller: Caller): Promise<Profile> {
    return this.database.run(scopeOf(caller), (manager) => readProfile(manager, caller));
  }

  /** @throws ApiError `version_conflict` when the partner has none of the accepted versions */
  update(caller: Caller, accepted: AcceptedVersions, changes: UpdateProfileDto): Promise<Profile> {
    const { webhook_url: url, metadata } = changes;
    const values = [url !== undefined, url ?? null, metadata !== undefined, metadata ?? null];
    return this.database.run(scopeOf(caller), async (manager) => {
      const [row] = await manager.query<{ accepted: boolean }[]>(updatePartner, [
        caller.partnerId,
        accepted ?? null,
        ...values,
        caller.apiKeyId,
        ...originValues(caller),
      ]);
      if (!row?.accepted) throw new ApiError('version_conflict');
      return readProfile(manager, caller);
    });
  }

  /** Sealed, and null for a partner that has none. */
  async webhookSecret(manager: EntityManager, { partnerId }: Caller): Promise<string | null> {
    const rows = await manager.query<{ webhookSecret: string | null }[]>(readWebhookSecret, [
      partnerId,
    ]);
    return rows[0]?.webhookSecret ?? null;
  }

  /** @throws ApiError `unauthorized` when the caller's key has ended meanwhile */
  async rotateApiKey(
    manager: EntityManager,
    caller: Caller,
    { id, prefix, hash }: NewApiKey,
    graceSeconds: number,
  ): Promise<{ scopes: string[]; previousKeysExpireAt: Date | null }> {
    const { partnerId, apiKeyId } = caller;
    const values = [partnerId, apiKeyId, graceSeconds, id, prefix, hash, ...originValues(caller)];
    return rowOfLiveKey(await manager.query(rotateApiKey, values));
  }

  /** @throws ApiError `unauthorized` when the caller's key has ended meanwhile */
  async rotateWebhookSecret(
    manager: EntityManager,
    caller: Caller,
    sealed: { current: string; previous: string | null },
    graceSeconds: number,
  ): Promise<{ previousSecretExpiresAt: Date | null }> {
    const { partnerId, apiKeyId } = caller;
    const secrets = [sealed.current, sealed.previous];
    const values = [partnerId, apiKeyId, graceSeconds, ...secrets, ...originValues(caller)];
    return rowOfLiveKey(await manager.query(rotateWebhookSecret, values));
  }
}

async function readProfile(manager: EntityManager, { partnerId }: Caller): Promise<Profile> {
  const partner = await manager.findOneBy(Partner, { id: partnerId });
  if (!partner) throw new ApiError('unauthorized');
  return { partner, apiKeys: await manager.query<ApiKeyRow[]>(listApiKeys, [partnerId]) };
}

function rowOfLiveKey<Row>([row]: Row[]): Row {
  if (!row) throw new ApiError('unauthorized');
  return row;
}

function scopeOf({ partnerId, requestId }: Caller) {
  return { partnerIds: [partnerId], actor: 'partner', requestId };
}

function originValues({ ipAddress, userAgent, requestId }: Caller) {
  return [ipAddress, userAgent ?? null, requestId];
}
