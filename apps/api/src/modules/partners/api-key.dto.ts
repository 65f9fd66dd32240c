import { ApiProperty } from '@nestjs/swagger';
import { OpenEnums } from '../../http/open-enum.decorator.js';
import { isLivemode } from '../../livemode.js';
import type { PartnerApiKey } from './partner-api-key.entity.js';

const scopes = ['read', 'write'];

/** A key of a partner, without what lets anybody in. */
export class ApiKeyDto {
  /** The first 8 characters, by which the key is known. */
  @ApiProperty({ example: 'Zk3vQ9aB' })
  prefix: string;
  @ApiProperty({ example: 'default' })
  name: string;
  @OpenEnums(scopes)
  scopes: string[];
  @ApiProperty({ format: 'date-time' })
  created_at: string;
  /** To the minute; null when it was never used. A use alone makes no new ETag. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  last_used_at: string | null;
  /** When it stops or stopped, since a newer one took its place. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expires_at: string | null;
}

export class RotatedApiKeyDto {
  @ApiProperty({ example: 'api_key' })
  object: string;
  /** The new key. Shown here and never again. */
  api_key: string;
  @ApiProperty({ example: 'Zk3vQ9aB' })
  api_key_prefix: string;
  /** Those of the key that asked. */
  @OpenEnums(scopes)
  scopes: string[];
  /** When the last key of before stops. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  previous_keys_expire_at: string | null;
  livemode: boolean;
}

export type ApiKeyRow = Pick<
  PartnerApiKey,
  'name' | 'prefix' | 'scopes' | 'createdAt' | 'lastUsedAt' | 'expiresAt'
>;

export function toApiKeyDto(row: ApiKeyRow): ApiKeyDto {
  return {
    prefix: row.prefix,
    name: row.name,
    scopes: row.scopes,
    created_at: row.createdAt.toISOString(),
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    expires_at: row.expiresAt?.toISOString() ?? null,
  };
}

export function toRotatedApiKeyDto(
  apiKey: string,
  prefix: string,
  rotated: { scopes: string[]; previousKeysExpireAt: Date | null },
): RotatedApiKeyDto {
  return {
    object: 'api_key',
    api_key: apiKey,
    api_key_prefix: prefix,
    scopes: rotated.scopes,
    previous_keys_expire_at: rotated.previousKeysExpireAt?.toISOString() ?? null,
    livemode: isLivemode(),
  };
}
