import { formatAmount } from '@libs/money';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { IsMetadata } from '../../http/metadata.decorator.js';
import { OpenEnum } from '../../http/open-enum.decorator.js';
import { PageDto } from '../../http/page.dto.js';
import { PeriodQuery } from '../../http/period-query.dto.js';
import { isLivemode } from '../../livemode.js';
import type { Refund } from './refund.entity.js';
import { refundErrorCodes, refundStatuses, type RefundStatus } from './refund.machine.js';

export class CreateRefundDto {
  /** Decimal string in major units; all that is left when it is left out. */
  @ApiPropertyOptional({ example: '4.00', pattern: '^\\d{1,15}(\\.\\d{1,4})?$' })
  @IsOptional()
  @Matches(/^\d{1,15}(\.\d{1,4})?$/, { message: 'amount must be a decimal string like "4.00"' })
  amount?: string;

  /** Why; shown on the refund. */
  @ApiProperty({ example: 'One item was out of stock' })
  @IsString()
  @Length(1, 255)
  reason: string;

  /** Up to 50 of your own values, each a string of at most 500 characters. */
  @ApiPropertyOptional({
    type: Object,
    additionalProperties: { type: 'string' },
    example: { return: 'r-12' },
  })
  @IsOptional()
  @IsMetadata()
  metadata?: Record<string, string>;
}

export class RefundQuery extends PeriodQuery {
  /** What became of the refund. */
  @ApiPropertyOptional({ enum: refundStatuses })
  @IsOptional()
  @IsIn(refundStatuses)
  status?: RefundStatus;

  /** The payment that is paid back. */
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  transaction_id?: string;
}

export class RefundDto {
  @ApiProperty({ example: 'refund' })
  object: string;
  @ApiProperty({ format: 'uuid' })
  id: string;
  @ApiProperty({ format: 'uuid' })
  transaction_id: string;
  @ApiProperty({ example: 'order-2041-payment' })
  idempotency_key: string;
  @OpenEnum(refundStatuses, { example: 'completed' })
  status: string;
  /** Decimal string in major units. */
  @ApiProperty({ example: '4.00' })
  amount: string;
  @ApiProperty({ example: 'USD' })
  currency: string;
  @ApiProperty({ example: 'One item was out of stock' })
  reason: string;
  @ApiProperty({ type: Object, nullable: true, additionalProperties: { type: 'string' } })
  metadata: Record<string, string> | null;
  /** `api`: you asked for it here. `provider`: it was made at the provider, as in its dashboard. */
  @OpenEnum(['api', 'provider'], { example: 'api' })
  source: string;
  @ApiProperty({ example: 'stripe' })
  provider: string;
  provider_account: string;
  @ApiProperty({ type: String, nullable: true })
  provider_refund_id: string | null;
  /** Why the refund failed. */
  @OpenEnum(refundErrorCodes, { nullable: true })
  error_code: string | null;
  @ApiProperty({ type: String, nullable: true })
  error_message: string | null;
  @ApiProperty({ format: 'date-time' })
  created_at: string;
  @ApiProperty({ format: 'date-time' })
  updated_at: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  processed_at: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  failed_at: string | null;
  @ApiProperty({ type: 'integer' })
  version: number;
  /** Whether it is in the archive, with its payment. */
  archived: boolean;
  livemode: boolean;
}

export class RefundPageDto extends PageDto {
  data: RefundDto[];
}

export function toRefundDto(refund: Refund, decimals: number): RefundDto {
  return {
    object: 'refund',
    id: refund.id,
    transaction_id: refund.transactionId,
    idempotency_key: refund.idempotencyKey,
    status: refund.status,
    amount: formatAmount(refund.amount, decimals),
    currency: refund.currency,
    reason: refund.reason,
    metadata: refund.metadata,
    source: refund.source,
    provider: refund.provider,
    provider_account: refund.providerAccount,
    provider_refund_id: refund.providerRefundId,
    error_code: refund.errorCode,
    error_message: refund.errorMessage,
    created_at: refund.createdAt.toISOString(),
    updated_at: refund.updatedAt.toISOString(),
    processed_at: refund.processedAt?.toISOString() ?? null,
    failed_at: refund.failedAt?.toISOString() ?? null,
    version: refund.version,
    archived: refund.archived ?? false,
    livemode: isLivemode(),
  };
}
