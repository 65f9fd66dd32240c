import { createWebhookSecret } from '@libs/webhooks';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type Config, CONFIG } from '../../config.js';
import { ApiError } from '../../errors/api-error.js';
import type { AcceptedVersions } from '../../http/entity-tags.js';
import type { PageQuery } from '../../http/page.dto.js';
import type { Operator } from '../../http/request.js';
import { isLivemode } from '../../livemode.js';
import { Pages } from '../../platform/pages.service.js';
import { Vault } from '../../platform/vault.service.js';
import { checkWebhookUrl } from '../../platform/webhook-url.js';
import { createApiKey, toApiKeyDto } from '../partners/index.js';
import {
  type CreatedPartnerDto,
  type CreatePartnerDto,
  type PartnerAccountDetailsDto,
  type PartnerAccountDto,
  type PartnerAccountPageDto,
  type RotateApiKeyDto,
  type RotatedApiKeyDto,
  toPartnerAccountDto,
  type UpdatePartnerDto,
} from './partner-account.dto.js';
import { PartnerAccountsRepository } from './partner-accounts.repository.js';

const defaultRateLimitPerMinute = 100;
const defaultGracePeriodHours = 24;
const defaultPageLimit = 20;

/** Makes and changes partners for internal teams. */
@Injectable()
export class PartnerAccountsService {
  constructor(
    private readonly partners: PartnerAccountsRepository,
    private readonly pages: Pages,
    private readonly vault: Vault,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async create(operator: Operator, request: CreatePartnerDto): Promise<CreatedPartnerDto> {
    this.checkWebhookUrl(request.webhook_url);
    const id = uuidv7();
    const { apiKey, row: key } = createApiKey(this.config.API_KEY_PEPPER);
    const webhookSecret = createWebhookSecret();
    const partner = {
      id,
      name: request.name,
      email: request.email,
      rate_limit_per_minute: request.rate_limit_per_minute ?? defaultRateLimitPerMinute,
      webhook_url: request.webhook_url ?? null,
      metadata: request.metadata ?? null,
      sealedWebhookSecret: this.vault.seal(webhookSecret, `partners.webhook_secret:${id}`),
    };
    const row = await this.partners.insert(partner, key, operator);
    return { ...toPartnerAccountDto(row), api_key: apiKey, webhook_secret: webhookSecret };
  }

  async list(operator: Operator, query: PageQuery): Promise<PartnerAccountPageDto> {
    const purpose = 'operations:partners';
    const limit = query.limit ?? defaultPageLimit;
    const { cursor } = query;
    const after = cursor === undefined ? undefined : this.pages.readCursor(cursor, purpose);
    const found = await this.partners.list(after, limit + 1, operator);
    const rows = found.slice(0, limit);
    const last = found.length > limit ? rows.at(-1) : undefined;
    return {
      object: 'list',
      data: rows.map(toPartnerAccountDto),
      has_more: last !== undefined,
      next_cursor: last
        ? this.pages.writeCursor({ place: last.position, id: last.id }, purpose)
        : null,
    };
  }

  async show(operator: Operator, id: string): Promise<PartnerAccountDetailsDto> {
    const found = await this.partners.find(id, operator);
    if (!found) throw new ApiError('partner_not_found');
    const { partner, apiKeys } = found;
    return { ...toPartnerAccountDto(partner), api_keys: apiKeys.map(toApiKeyDto) };
  }

  async update(
    operator: Operator,
    id: string,
    accepted: AcceptedVersions,
    changes: UpdatePartnerDto,
  ): Promise<PartnerAccountDto> {
    this.checkWebhookUrl(changes.webhook_url);
    const row = await this.partners.update(id, changes, accepted, operator);
    if (!row) throw new ApiError('partner_not_found');
    if (row === 'stale') throw new ApiError('version_conflict');
    return toPartnerAccountDto(row);
  }

  async rotateKey(
    operator: Operator,
    id: string,
    accepted: AcceptedVersions,
    { grace_period_hours: hours = defaultGracePeriodHours }: RotateApiKeyDto,
  ): Promise<RotatedApiKeyDto> {
    const { apiKey, row: key } = createApiKey(this.config.API_KEY_PEPPER);
    const rotated = await this.partners.rotate(id, key, hours, accepted, operator);
    if (!rotated) throw new ApiError('partner_not_found');
    if (rotated === 'stale') throw new ApiError('version_conflict');
    return {
      object: 'api_key',
      partner_id: id,
      api_key_prefix: key.prefix,
      api_key: apiKey,
      previous_keys_expire_at: rotated.previousKeysExpireAt?.toISOString() ?? null,
      livemode: isLivemode(),
    };
  }

  private checkWebhookUrl(url: string | null | undefined): void {
    if (url) checkWebhookUrl(url, this.config.WEBHOOK_ALLOW_PRIVATE_ADDRESSES);
  }
}
