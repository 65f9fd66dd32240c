import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsEmail,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { IsMetadata } from '../../http/metadata.decorator.js';
import { OpenEnum } from '../../http/open-enum.decorator.js';
import { PageDto } from '../../http/page.dto.js';
import { isLivemode } from '../../livemode.js';
import { ApiKeyDto } from '../partners/index.js';

const maxRequestsPerMinute = 1_000_000;
const maxGracePeriodHours = 720;

/** May be left out, but is never null. */
const IfGiven = () => ValidateIf((_body, value) => value !== undefined);

const IsWebhookUrl = () =>
  IsUrl({
    protocols: ['http', 'https'],
    require_protocol: true,
    require_tld: false,
    disallow_auth: true,
  });

export class CreatePartnerDto {
  @ApiProperty({ example: 'Corner Shop' })
  @Matches(/\S/, { message: 'name must not be blank' })
  @Length(1, 255)
  @IsString()
  name: string;

  /** No other partner has it, in whatever case. */
  @ApiProperty({ example: 'payments@corner-shop.example', format: 'email' })
  @MaxLength(255)
  @IsEmail()
  email: string;

  /**
   * How many requests a minute the partner may make, over all its keys. Without Redis each API process lets at
   * least one through, so that more are made when this is below `API_PROCESSES`.
   */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: maxRequestsPerMinute, default: 100 })
  @IfGiven()
  @Max(maxRequestsPerMinute)
  @Min(1)
  @IsInt()
  rate_limit_per_minute?: number;

  /** Where signed webhooks are sent; https in production. */
  @ApiPropertyOptional({
    type: String,
    format: 'uri',
    nullable: true,
    example: 'https://corner-shop.example/webhooks',
  })
  @IsOptional()
  @MaxLength(512)
  @IsWebhookUrl()
  webhook_url?: string | null;

  /** Up to 50 values, each a string of at most 500 characters. */
  @ApiPropertyOptional({
    type: Object,
    additionalProperties: { type: 'string' },
    example: { region: 'north' },
  })
  @IsOptional()
  @IsMetadata()
  metadata?: Record<string, string> | null;
}

export class UpdatePartnerDto {
  @ApiPropertyOptional({ example: 'Corner Shop' })
  @IfGiven()
  @Matches(/\S/, { message: 'name must not be blank' })
  @Length(1, 255)
  @IsString()
  name?: string;

  /**
   * How many requests a minute the partner may make, over all its keys. Without Redis each API process lets at
   * least one through, so that more are made when this is below `API_PROCESSES`.
   */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: maxRequestsPerMinute, example: 100 })
  @IfGiven()
  @Max(maxRequestsPerMinute)
  @Min(1)
  @IsInt()
  rate_limit_per_minute?: number;

  /** The keys of a partner that is not active stop within a second. */
  @ApiPropertyOptional({ example: true })
  @IfGiven()
  @IsBoolean()
  is_active?: boolean;

  /** Where signed webhooks are sent, https in production; null for nowhere. */
  @ApiPropertyOptional({
    type: String,
    format: 'uri',
    nullable: true,
    example: 'https://corner-shop.example/webhooks',
  })
  @IsOptional()
  @MaxLength(512)
  @IsWebhookUrl()
  webhook_url?: string | null;
}

export class RotateApiKeyDto {
  /** How long the keys of before still work; 0 ends them at once. */
  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: maxGracePeriodHours, default: 24 })
  @IfGiven()
  @Max(maxGracePeriodHours)
  @Min(0)
  @IsInt()
  grace_period_hours?: number;
}

/** A partner as internal teams see it. */
export class PartnerAccountDto {
  @ApiProperty({ example: 'partner' })
  object: string;
  @ApiProperty({ format: 'uuid' })
  id: string;
  @ApiProperty({ example: 'Corner Shop' })
  name: string;
  @ApiProperty({ example: 'payments@corner-shop.example' })
  email: string;
  /** The first 8 characters of the newest API key. */
  api_key_prefix: string;
  is_active: boolean;
  @ApiProperty({ type: 'integer', example: 100 })
  rate_limit_per_minute: number;
  @ApiProperty({ type: String, nullable: true })
  webhook_url: string | null;
  /** Since when nothing is sent there any more; set `webhook_url` again to go on. */
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

export class PartnerAccountDetailsDto extends PartnerAccountDto {
  /** The newest 20 keys that were not revoked. */
  api_keys: ApiKeyDto[];
}

export class CreatedPartnerDto extends PartnerAccountDto {
  /** Shown here and never again. */
  api_key: string;
  /** Verifies webhooks. Shown here and never again. */
  webhook_secret: string;
}

export class PartnerAccountPageDto extends PageDto {
  data: PartnerAccountDto[];
}

export class RotatedApiKeyDto {
  @ApiProperty({ example: 'api_key' })
  object: string;
  @ApiProperty({ format: 'uuid' })
  partner_id: string;
  api_key_prefix: string;
  /** Shown here and never again. */
  api_key: string;
  /** When the last key of before stops; null when none was left. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  previous_keys_expire_at: string | null;
  livemode: boolean;
}

/** Columns of `partners` that may leave the database. */
export interface PartnerRow {
  id: string;
  name: string;
  email: string;
  api_key_prefix: string;
  is_active: boolean;
  rate_limit_per_minute: number;
  webhook_url: string | null;
  webhook_disabled_at: Date | null;
  webhook_disabled_reason: string | null;
  metadata: Record<string, string> | null;
  created_at: Date;
  updated_at: Date;
  version: number;
}

export function toPartnerAccountDto(row: PartnerRow) {
  return {
    object: 'partner',
    id: row.id,
    name: row.name,
    email: row.email,
    api_key_prefix: row.api_key_prefix,
    is_active: row.is_active,
    rate_limit_per_minute: row.rate_limit_per_minute,
    webhook_url: row.webhook_url,
    webhook_disabled_at: row.webhook_disabled_at?.toISOString() ?? null,
    webhook_disabled_reason: row.webhook_disabled_reason,
    metadata: row.metadata,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    version: row.version,
    livemode: isLivemode(),
  } satisfies PartnerAccountDto;
}
