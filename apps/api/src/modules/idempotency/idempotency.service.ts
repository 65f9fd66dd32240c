import { createHash } from 'node:crypto';
import { TenantDatabase } from '@libs/database';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Config, CONFIG } from '../../config.js';
import { ApiError } from '../../errors/api-error.js';
import { RepeatedAnswer } from '../../errors/repeated-answer.js';
import type { IdempotencyClaim } from '../../http/request.js';
import { type Place, Vault } from '../../platform/vault.service.js';
import { comparable, mismatchedFields } from './claim.js';
import { IdempotencyKey } from './idempotency-key.entity.js';

/** An answer as a statement stores it: encrypted, with the hash of the envelope. */
export interface SealedAnswer {
  response: string;
  responseHash: string;
}

/** The claim's foreign key locks the partner too, but too weakly: two changes would wait for each other. */
const lockPartner = 'SELECT FROM partners WHERE id = $1 FOR UPDATE';

const claimKey = `
INSERT INTO idempotency_keys (partner_id, route, key, fields, fingerprint, resource_type, resource_id)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING RETURNING key`;

const answerKey = `
UPDATE idempotency_keys SET http_status = 200, response = $4, response_hash = $5
WHERE partner_id = $1 AND route = $2 AND key = $3`;

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
   * @throws ApiError when it is still running, was a different request, or can't be compared
   */
  async recall(claim: IdempotencyClaim): Promise<string | undefined> {
    const stored = await this.find(claim);
    if (!stored) return undefined;
    checkSameRequest(stored, claim);
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
         WHERE k.http_status IS NULL AND k.fingerprint = ANY ($9)
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
        [claim, ...claim.otherFingerprints].map(({ fingerprint }) => fingerprint),
      ],
    );
    if (stored.length === 0) await this.recall(claim);
  }

  /**
   * Changes a partner and stores the answer in one database transaction, one change at a time: a
   * request that dies has left nothing to resume.
   *
   * @param made what the change makes or changes
   * @throws as `recall` does, when the key was claimed before
   */
  async once<Answer extends object>(
    claim: IdempotencyClaim,
    made: { type: string; id: string },
    requestId: string,
    change: (manager: EntityManager) => Promise<Answer>,
  ): Promise<Answer> {
    const { partnerId, route, key, fields, fingerprint } = claim;
    const scope = { partnerIds: [partnerId], actor: 'partner', requestId };
    const answer = await this.database.run(scope, async (manager) => {
      const values = [partnerId, route, key, fields, fingerprint, made.type, made.id];
      await manager.query(lockPartner, [partnerId]);
      const claimed = await manager.query<object[]>(claimKey, values);
      if (claimed.length === 0) return undefined;
      const changed = await change(manager);
      const { response, responseHash } = this.seal(claim, JSON.stringify(changed));
      await manager.query(answerKey, [partnerId, route, key, response, responseHash]);
      return changed;
    });
    if (answer) return answer;
    await this.recall(claim);
    throw new ApiError('idempotency_request_in_progress', { retryAfterSeconds: 1 });
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

/** Without the key of its fingerprint a request is as little known as one that is forgotten. */
function checkSameRequest(stored: IdempotencyKey, claim: IdempotencyClaim): void {
  const own = comparable(stored.fields, [claim, ...claim.otherFingerprints]);
  if (own?.fingerprint === stored.fingerprint) return;
  if (own) {
    const mismatched = mismatchedFields(stored.fields, own.fields);
    throw new ApiError('idempotency_key_reused', { mismatched_fields: mismatched });
  }
  const id = stored.resourceType === 'transaction' ? stored.resourceId : null;
  throw new ApiError('idempotency_key_expired', id === null ? {} : { transaction_id: id });
}

function placeOf(claim: IdempotencyClaim): Place {
  return `idempotency_keys.response:${claim.partnerId}:${claim.route}:${claim.key}`;
}
