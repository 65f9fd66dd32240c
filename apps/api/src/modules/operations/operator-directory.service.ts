import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Config, CONFIG } from '../../config.js';
import type { Operator, Scope } from '../../http/request.js';
import { equalHashes, hashApiKey, prefixOf } from '../partners/index.js';
import { OperatorKeysRepository } from './operator-keys.repository.js';

const touchEveryMs = 60_000;

/** Who an operator's key belongs to. Read from the database each time: a revoked key ends at once. */
@Injectable()
export class OperatorDirectory {
  private readonly logger = new Logger('OperatorDirectory');
  private readonly touchedAtMs = new Map<string, number>();

  constructor(
    private readonly keys: OperatorKeysRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The operator that a key authenticates, or `undefined` for every key that does not. */
  async authenticate(apiKey: string): Promise<Pick<Operator, 'name' | 'scopes'> | undefined> {
    const prefix = prefixOf(apiKey);
    const key = prefix && (await this.keys.find(prefix));
    if (!key || !equalHashes(key.hash, hashApiKey(apiKey, this.config.API_KEY_PEPPER))) {
      return undefined;
    }
    if (key.revokedAt || (key.expiresAt && key.expiresAt.getTime() <= Date.now())) {
      return undefined;
    }
    this.touch(key.id);
    return { name: key.operator, scopes: key.scopes as Scope[] };
  }

  private touch(keyId: string): void {
    const nowMs = Date.now();
    if (nowMs - (this.touchedAtMs.get(keyId) ?? 0) < touchEveryMs) return;
    this.touchedAtMs.set(keyId, nowMs);
    this.keys
      .touch(keyId)
      .catch((error: unknown) => this.logger.warn(`last_used_at not written: ${String(error)}`));
  }
}
