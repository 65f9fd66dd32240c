import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { OpenEnum } from '../../http/open-enum.decorator.js';
import { PageDto } from '../../http/page.dto.js';
import { PeriodQuery } from '../../http/period-query.dto.js';
import { isLivemode } from '../../livemode.js';
import { deliveryFailures } from './delivery-outcome.js';
import type { WebhookDeliveryAttempt } from './webhook-delivery-attempt.entity.js';
import {
  deliveryStatuses,
  type DeliveryStatus,
  type WebhookDelivery,
} from './webhook-delivery.entity.js';

/** Types of the webhooks that tell of something. */
export const webhookTypes = [
  'transaction.created',
  'transaction.processing',
  'transaction.completed',
  'transaction.failed',
  'transaction.cancelled',
  'transaction.partially_refunded',
  'transaction.refunded',
  'refund.created',
  'refund.processing',
  'refund.completed',
  'refund.failed',
] as const;

export class WebhookDeliveryQuery extends PeriodQuery {
  /** What became of the webhook. */
  @ApiPropertyOptional({ enum: deliveryStatuses })
  @IsOptional()
  @IsIn(deliveryStatuses)
  status?: DeliveryStatus;

  /** What the webhook tells of. */
  @ApiPropertyOptional({ enum: webhookTypes })
  @IsOptional()
  @IsIn(webhookTypes)
  type?: string;

  /** The payment that the webhook is about. */
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  transaction_id?: string;
}

export class WebhookAttemptDto {
  /** Counts the attempts. One that is missing was broken off on our side. */
  @ApiProperty({ type: 'integer', example: 1 })
  number: number;
  @ApiProperty({ format: 'date-time' })
  started_at: string;
  @ApiProperty({ type: 'integer' })
  duration_ms: number;
  url: string;
  /** What was sent, but for the signature. */
  @ApiProperty({ type: Object, additionalProperties: { type: 'string' } })
  request_headers: Record<string, string>;
  /** SHA-256 of the body that was sent, in hexadecimal digits. */
  body_hash: string;
  @ApiProperty({ type: 'integer', nullable: true, example: 200 })
  http_status: number | null;
  /** Why there was no whole answer. */
  @OpenEnum(deliveryFailures, { nullable: true })
  failure_reason: string | null;
  /** The first kilobyte of the answer. */
  @ApiProperty({ type: String, nullable: true })
  answer: string | null;
}

export class WebhookDeliveryDto {
  @ApiProperty({ example: 'webhook_delivery' })
  object: string;
  /** The `webhook-id` of every attempt. */
  @ApiProperty({ format: 'uuid' })
  id: string;
  @ApiProperty({ format: 'uuid' })
  transaction_id: string;
  @ApiProperty({ example: '2041' })
  event_id: string;
  @OpenEnum(webhookTypes, { example: 'transaction.completed' })
  type: string;
  /** `failed` after the last attempt of the schedule; ask for it again to have another. */
  @OpenEnum(deliveryStatuses, { example: 'delivered' })
  status: string;
  /** How often it was sent. */
  @ApiProperty({ type: 'integer', example: 1 })
  attempt_count: number;
  /** When it is sent next, while it is pending. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  next_attempt_at: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  delivered_at: string | null;
  @ApiProperty({ format: 'date-time' })
  created_at: string;
  livemode: boolean;
}

export class WebhookDeliveryWithAttemptsDto extends WebhookDeliveryDto {
  /** First to last; of more than 100 the last 100. */
  attempts: WebhookAttemptDto[];
}

export class WebhookDeliveryPageDto extends PageDto {
  data: WebhookDeliveryDto[];
}

export function toWebhookDeliveryDto(delivery: WebhookDelivery): WebhookDeliveryDto {
  return {
    object: 'webhook_delivery',
    id: delivery.id,
    transaction_id: delivery.transactionId,
    event_id: delivery.eventId,
    type: delivery.type,
    status: delivery.status,
    attempt_count: delivery.attemptCount,
    next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
    delivered_at: delivery.deliveredAt?.toISOString() ?? null,
    created_at: delivery.createdAt.toISOString(),
    livemode: isLivemode(),
  };
}

export function toWebhookAttemptDto(
  attempt: WebhookDeliveryAttempt,
  answer: string | null,
): WebhookAttemptDto {
  return {
    number: attempt.number,
    started_at: attempt.startedAt.toISOString(),
    duration_ms: attempt.durationMs,
    url: attempt.url,
    request_headers: attempt.requestHeaders,
    body_hash: attempt.bodyHash,
    http_status: attempt.httpStatus,
    failure_reason: attempt.failureReason,
    answer,
  };
}
