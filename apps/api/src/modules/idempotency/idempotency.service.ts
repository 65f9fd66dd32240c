import { createHash } from 'node:crypto';
import { TenantDatabase } from '@libs/database';
import { Inject, Injectable } from '@nestjs/common';
import { type Config, CONFIG } from '../../config.js';
import { ApiError } from '../../errors/api-error.js';
import { RepeatedAnswer } from '../../errors/repeated-answer.js';
import type { IdempotencyClaim } from '../../http/request.js';
import { Vault } from '../../platform/vault.service.js';
import { mismatchedFields } from './claim.js';
import { IdempotencyKey } from './idempotency-key.entity.js';

/** An answer as a statement stores it: encrypted, with the hash of the stored text. */
export interface SealedAnswer {
  response: string;
  responseHash: string;
}

@Injectable()
export class IdempotencyService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly vault: Vault,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  get leaseMs(): number {
    return this.config.IDEMPOTENCY_LEASE_MS;
  }

  seal(claim: IdempotencyClaim, body: string): SealedAnswer {
    const response = this.vault.seal(body, placeOf(claim));
    return { response, responseHash: createHash('sha256').update(response).digest('hex') };
  }

  /**
   * Decides what becomes of a request whose key was claimed before.
   *
   * @returns the id of what the first request made, when that request died and must be resumed;
   *   `undefined` when nobody holds the key after all
   * @throws RepeatedAnswer when it was answered
   * @throws ApiError when it is still running, or was a different request
   */
  async recall(claim: IdempotencyClaim): Promise<string | undefined> {
    const stored = await this.find(claim);
    if (!stored) return undefined;
    if (stored.fingerprint !== claim.fingerprint) {
      const mismatched = mismatchedFields(stored.fields, claim.fields);
      throw new ApiError('idempotency_key_reused', { mismatched_fields: mismatched });
    }
    if (stored.httpStatus !== null && stored.response !== null) {
      throw new RepeatedAnswer(stored.httpStatus, this.vault.open(stored.response, placeOf(claim)));
    }
    if (stored.leased) {
      throw new ApiError('idempotency_request_in_progress', { retryAfterSeconds: 1 });
    }
    return stored.resourceId ?? undefined;
  }

  /**
   * Stores the answer of a request that was decided without changing anything else.
   *
   * @throws RepeatedAnswer when the request was answered in the meantime: that answer stands
   */
  async storeAnswer(claim: IdempotencyClaim, httpStatus: number, body: string): Promise<void> {
    const { response, responseHash } = this.seal(claim, body);
    const stored = await this.database.statement(
      { partnerIds: [claim.partnerId], actor: 'partner' },
      `INSERT INTO idempotency_keys AS k
         (partner_id, route, key, fields, fingerprint, http_status, response, response_hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (partner_id, route, key) DO UPDATE
         SET http_status = $6, response = $7, response_hash = $8
         WHERE k.http_status IS NULL AND k.fingerprint = $5
       RETURNING k.key`,
      [
        claim.partnerId,
        claim.route,
        claim.key,
        claim.fields,
        claim.fingerprint,
        httpStatus,
        response,
        responseHash,
      ],
    );
    if (stored.length === 0) await this.recall(claim);
  }

  private find(
    claim: IdempotencyClaim,
  ): Promise<(IdempotencyKey & { leased: boolean }) | undefined> {
    const { partnerId, route, key } = claim;
    return this.database.run({ partnerIds: [partnerId], actor: 'partner' }, async (manager) => {
      const { entities, raw } = await manager
        .createQueryBuilder(IdempotencyKey, 'k')
        .addSelect('k.locked_until > clock_timestamp()', 'leased')
        .where({ partnerId, route, key })
        .getRawAndEntities<{ leased: boolean | null }>();
      const [entity] = entities;
      return entity && Object.assign(entity, { leased: raw[0]?.leased === true });
    });
  }
}

function placeOf(claim: IdempotencyClaim): string {
  return `idempotency_keys.response:${claim.partnerId}:${claim.route}:${claim.key}`;
}
