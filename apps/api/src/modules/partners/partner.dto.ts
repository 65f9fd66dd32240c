import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateIf } from 'class-validator';
import { IsMetadata } from '../../http/metadata.decorator.js';
import { OpenEnum } from '../../http/open-enum.decorator.js';
import { isLivemode } from '../../livemode.js';
import { ApiKeyDto, type ApiKeyRow, toApiKeyDto } from './api-key.dto.js';
import type { Partner } from './partner.entity.js';

const longestGraceSeconds = 604_800;
const graceSeconds = 86_400;

/** What a partner may change of itself. What is left out stays as it is. */
export class UpdateProfileDto {
  /** Where signed webhooks are sent, https in production; null for nowhere. */
  @ApiPropertyOptional({
    type: String,
    format: 'uri',
    nullable: true,
    example: 'https://corner-shop.example/webhooks',
  })
  @IsOptional()
  @MaxLength(512)
  @IsString()
  webhook_url?: string | null;

  /** Up to 50 values, each a string of at most 500 characters, in place of those of before; null for none. */
  @ApiPropertyOptional({
    type: Object,
    nullable: true,
    additionalProperties: { type: 'string' },
    example: { region: 'north' },
  })
  @IsOptional()
  @IsMetadata()
  metadata?: Record<string, string> | null;
}

export class RotationDto {
  /** For how many seconds that which is replaced still works; 0 ends it at once. */
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: longestGraceSeconds,
    default: graceSeconds,
  })
  @ValidateIf((_body, value) => value !== undefined)
  @Max(longestGraceSeconds)
  @Min(0)
  @IsInt()
  grace_seconds: number = graceSeconds;
}

export class PartnerDto {
  @ApiProperty({ example: 'partner' })
  object: string;
  @ApiProperty({ format: 'uuid' })
  id: string;
  name: string;
  email: string;
  /** The first 8 characters of the newest API key. */
  api_key_prefix: string;
  /** The newest 20 keys that were not revoked. */
  api_keys: ApiKeyDto[];
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
  /** Rises with every change; also the ETag. */
  @ApiProperty({ type: 'integer', example: 1 })
  version: number;
  livemode: boolean;
}

export class RotatedWebhookSecretDto {
  @ApiProperty({ example: 'webhook_secret' })
  object: string;
  /** Signs every webhook from now on. Shown here and never again. */
  webhook_secret: string;
  /** Until then webhooks are also signed with the secret of before; null when there was none. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  previous_secret_expires_at: string | null;
  livemode: boolean;
}

export function toPartnerDto(partner: Partner, apiKeys: ApiKeyRow[]): PartnerDto {
  return {
    object: 'partner',
    id: partner.id,
    name: partner.name,
    email: partner.email,
    api_key_prefix: partner.apiKeyPrefix,
    api_keys: apiKeys.map(toApiKeyDto),
    is_active: partner.isActive,
    rate_limit_per_minute: partner.rateLimitPerMinute,
    webhook_url: partner.webhookUrl,
    webhook_disabled_at: partner.webhookDisabledAt?.toISOString() ?? null,
    webhook_disabled_reason: partner.webhookDisabledReason,
    metadata: partner.metadata,
    created_at: partner.createdAt.toISOString(),
    updated_at: partner.updatedAt.toISOString(),
    version: partner.version,
    livemode: isLivemode(),
  };
}

export function toRotatedWebhookSecretDto(
  secret: string,
  previousSecretExpiresAt: Date | null,
): RotatedWebhookSecretDto {
  return {
    object: 'webhook_secret',
    webhook_secret: secret,
    previous_secret_expires_at: previousSecretExpiresAt?.toISOString() ?? null,
    livemode: isLivemode(),
  };
}
