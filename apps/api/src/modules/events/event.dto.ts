import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { OpenEnum } from '../../http/open-enum.decorator.js';
import { PageDto } from '../../http/page.dto.js';
import { isLivemode } from '../../livemode.js';
import type { TransactionEvent } from './transaction-event.entity.js';

/** Labels of the database's `event_type`. */
const eventTypes = [
  'created',
  'payment_initiated',
  'payment_processing',
  'payment_completed',
  'payment_failed',
  'payment_cancelled',
  'refund_initiated',
  'refund_processing',
  'refund_completed',
  'refund_failed',
  'attempt_started',
  'attempt_failed',
  'outcome_unknown',
  'webhook_received',
  'dispute_opened',
  'dispute_won',
  'dispute_lost',
  'status_changed',
];

/** Which of our people it was is not the partner's to know. */
const operator = /^operator:.*$/;
const actingForUs = 'operations';

export class EventFeedQuery {
  /** `next_cursor` of the last page that was read; from the beginning when it is left out. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  after?: string;

  /** How many events a page has. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 20 })
  @IsOptional()
  @Type(() => Number)
  @Max(100)
  @Min(1)
  @IsInt()
  limit?: number;
}

export class EventDto {
  @ApiProperty({ example: 'event' })
  object: string;
  @ApiProperty({ example: '2041' })
  id: string;
  @ApiProperty({ format: 'uuid' })
  transaction_id: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  refund_id: string | null;
  /** Counts the events of one transaction without a gap. */
  @ApiProperty({ type: 'integer', example: 1 })
  sequence: number;
  @OpenEnum(eventTypes, { example: 'payment_completed' })
  event_type: string;
  @ApiProperty({ type: String, nullable: true })
  from_status: string | null;
  @ApiProperty({ type: String, nullable: true })
  status: string | null;
  /** What the provider said, as far as it is kept. */
  @ApiProperty({ type: Object, nullable: true, additionalProperties: true })
  provider_response: Record<string, unknown> | null;
  @ApiProperty({ type: String, nullable: true })
  error_message: string | null;
  /** `partner`, `operations`, `provider:<code>` or `system`. */
  @ApiProperty({ type: String, nullable: true, example: 'provider:stripe' })
  created_by: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  request_id: string | null;
  @ApiProperty({ format: 'date-time' })
  created_at: string;
  livemode: boolean;
}

export class EventPageDto extends PageDto {
  data: EventDto[];
}

export function toEventDto(event: TransactionEvent): EventDto {
  return {
    object: 'event',
    id: event.id,
    transaction_id: event.transactionId,
    refund_id: event.refundId,
    sequence: event.sequence,
    event_type: event.eventType,
    from_status: event.fromStatus,
    status: event.status,
    provider_response: event.providerResponse,
    error_message: event.errorMessage,
    created_by: event.createdBy && event.createdBy.replace(operator, actingForUs),
    request_id: event.requestId,
    created_at: event.createdAt.toISOString(),
    livemode: isLivemode(),
  };
}
