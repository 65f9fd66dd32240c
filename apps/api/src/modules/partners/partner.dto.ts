import { ApiProperty } from '@nestjs/swagger';
import { OpenEnum } from '../../http/open-enum.decorator.js';
import { isLivemode } from '../../livemode.js';
import type { Partner } from './partner.entity.js';

export class PartnerDto {
  @ApiProperty({ example: 'partner' })
  object: string;
  @ApiProperty({ format: 'uuid' })
  id: string;
  name: string;
  email: string;
  /** The first 8 characters of the newest API key. */
  api_key_prefix: string;
  is_active: boolean;
  /** How many requests a minute the partner may make, over all its keys. */
  rate_limit_per_minute: number;
  /** Where signed webhooks are sent; null for nowhere. */
  @ApiProperty({ type: String, nullable: true })
  webhook_url: string | null;
  /** Since when nothing is sent there any more; null while it is. Set `webhook_url` again to go on. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  webhook_disabled_at: string | null;
  /** `gone`: it answered 410. `failing`: nothing was delivered for five days. */
  @OpenEnum(['gone', 'failing'], { nullable: true })
  webhook_disabled_reason: string | null;
  @ApiProperty({ type: Object, nullable: true, additionalProperties: { type: 'string' } })
  metadata: Record<string, string> | null;
  @ApiProperty({ format: 'date-time' })
  created_at: string;
  @ApiProperty({ format: 'date-time' })
  updated_at: string;
  livemode: boolean;
}

export function toPartnerDto(partner: Partner): PartnerDto {
  return {
    object: 'partner',
    id: partner.id,
    name: partner.name,
    email: partner.email,
    api_key_prefix: partner.apiKeyPrefix,
    is_active: partner.isActive,
    rate_limit_per_minute: partner.rateLimitPerMinute,
    webhook_url: partner.webhookUrl,
    webhook_disabled_at: partner.webhookDisabledAt?.toISOString() ?? null,
    webhook_disabled_reason: partner.webhookDisabledReason,
    metadata: partner.metadata,
    created_at: partner.createdAt.toISOString(),
    updated_at: partner.updatedAt.toISOString(),
    livemode: isLivemode(),
  };
}
