import { TenantDatabase } from '@libs/database';
import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Config, CONFIG } from '../../config.js';
import type { Caller, Scope } from '../../http/request.js';
import { CacheVersions } from '../../platform/cache-versions.js';
import { equalHashes, hashApiKey, prefixOf } from './api-key.js';

/** What `find_api_key` answers. */
interface FoundKey {
  key_id: string;
  key_hash: string;
  scopes: Scope[];
  expires_at: Date | null;
  revoked_at: Date | null;
  partner_id: string;
  partner_active: boolean;
  rate_limit_per_minute: number;
}

/** The same as it lies in the cache: JSON has no dates. */
interface KnownKey {
  keyId: string;
  hash: string;
  scopes: Scope[];
  expiresAtMs: number | null;
  revoked: boolean;
  partnerId: string;
  isActive: boolean;
  rateLimitPerMinute: number;
}

const partnerTtlMs = 3_600_000;
const touchEveryMs = 60_000;

/** Who an API key belongs to. */
@Injectable()
export class PartnerDirectory {
  private readonly logger = new Logger('PartnerDirectory');
  private readonly touchedAtMs = new Map<string, number>();

  constructor(
    private readonly database: TenantDatabase,
    private readonly versions: CacheVersions,
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The caller that a key authenticates, or `undefined` for every key that does not. */
  async authenticate(
    apiKey: string,
  ): Promise<Omit<Caller, 'requestId' | 'ipAddress' | 'userAgent'> | undefined> {
    const prefix = prefixOf(apiKey);
    const known = prefix && (await this.find(prefix));
    if (!known || !equalHashes(known.hash, hashApiKey(apiKey, this.config.API_KEY_PEPPER))) {
      return undefined;
    }
    if (known.revoked || !known.isActive) return undefined;
    if (known.expiresAtMs !== null && known.expiresAtMs <= this.versions.now().getTime())
      return undefined;
    this.touch(known);
    return {
      partnerId: known.partnerId,
      apiKeyId: known.keyId,
      scopes: known.scopes,
      rateLimitPerMinute: known.rateLimitPerMinute,
    };
  }

  private async find(prefix: string): Promise<KnownKey | undefined> {
    const cacheKey = `partner:${await this.versions.current('partners')}:${prefix}`;
    const cached = await this.cache.get<KnownKey>(cacheKey);
    if (cached) return cached;
    const known = await this.read(prefix);
    if (known) await this.cache.set(cacheKey, known, partnerTtlMs);
    return known;
  }

  private async read(prefix: string): Promise<KnownKey | undefined> {
    const [row] = await this.database.statement<FoundKey>(
      { partnerIds: [], actor: 'system' },
      'SELECT * FROM find_api_key($1)',
      [prefix],
    );
    if (!row) return undefined;
    return {
      keyId: row.key_id,
      hash: row.key_hash,
      scopes: row.scopes,
      expiresAtMs: row.expires_at && row.expires_at.getTime(),
      revoked: row.revoked_at !== null,
      partnerId: row.partner_id,
      isActive: row.partner_active,
      rateLimitPerMinute: row.rate_limit_per_minute,
    };
  }

  /** Notes when a key was last used, at most once a minute and never in the way of the request. */
  private touch({ keyId, partnerId }: KnownKey): void {
    const nowMs = Date.now();
    if (nowMs - (this.touchedAtMs.get(keyId) ?? 0) < touchEveryMs) return;
    this.touchedAtMs.set(keyId, nowMs);
    const scope = { partnerIds: [partnerId], actor: 'system' };
    this.database
      .statement(scope, 'SELECT touch_api_key($1)', [keyId])
      .catch((error: unknown) => this.logger.warn(`last_used_at not written: ${String(error)}`));
  }
}
