import { createWebhookSecret } from '@libs/webhooks';
import { Inject, Injectable } from '@nestjs/common';
import { type Config, CONFIG } from '../../config.js';
import type { Caller, IdempotencyClaim } from '../../http/request.js';
import { Vault } from '../../platform/vault.service.js';
import { IdempotencyService } from '../idempotency/index.js';
import { createApiKey } from './api-key.js';
import { type RotatedApiKeyDto, toRotatedApiKeyDto } from './api-key.dto.js';
import { type RotatedWebhookSecretDto, toRotatedWebhookSecretDto } from './partner.dto.js';
import { PartnersRepository } from './partners.repository.js';

/** Gives a partner a new key or webhook secret; a repeated request gets the one that the first made. */
@Injectable()
export class RotationsService {
  constructor(
    private readonly partners: PartnersRepository,
    private readonly idempotency: IdempotencyService,
    private readonly vault: Vault,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  rotateApiKey(
    caller: Caller,
    claim: IdempotencyClaim,
    graceSeconds: number,
  ): Promise<RotatedApiKeyDto> {
    const { apiKey, row } = createApiKey(this.config.API_KEY_PEPPER);
    const made = { type: 'partner_api_key', id: row.id };
    return this.idempotency.once(claim, made, caller.requestId, async (manager) => {
      const rotated = await this.partners.rotateApiKey(manager, caller, row, graceSeconds);
      return toRotatedApiKeyDto(apiKey, row.prefix, rotated);
    });
  }

  /** The secret of before goes on signing until its grace is over; one that was before that one ends now. */
  rotateWebhookSecret(
    caller: Caller,
    claim: IdempotencyClaim,
    graceSeconds: number,
  ): Promise<RotatedWebhookSecretDto> {
    const { partnerId } = caller;
    const secret = createWebhookSecret();
    const made = { type: 'partner', id: partnerId };
    return this.idempotency.once(claim, made, caller.requestId, async (manager) => {
      const before = await this.partners.webhookSecret(manager, caller);
      const previous = graceSeconds === 0 ? null : this.asPrevious(before, partnerId);
      const current = this.vault.seal(secret, `partners.webhook_secret:${partnerId}`);
      const sealed = { current, previous };
      const { previousSecretExpiresAt } = await this.partners.rotateWebhookSecret(
        manager,
        caller,
        sealed,
        graceSeconds,
      );
      return toRotatedWebhookSecretDto(secret, previousSecretExpiresAt);
    });
  }

  /** An envelope is bound to its column. */
  private asPrevious(sealed: string | null, partnerId: string): string | null {
    const secret = this.vault.openOptional(sealed, `partners.webhook_secret:${partnerId}`);
    return this.vault.sealOptional(
      secret ?? undefined,
      `partners.webhook_secret_previous:${partnerId}`,
    );
  }
}
