import { ApiProperty } from '@nestjs/swagger';
import { OpenEnum } from '../../http/open-enum.decorator.js';
import { isLivemode } from '../../livemode.js';
import { deliveryFailures, type DeliveryOutcome } from './delivery-outcome.js';

export class WebhookTestDto {
  @ApiProperty({ example: 'webhook_test' })
  object: string;
  /** The `webhook-id` that was sent. */
  @ApiProperty({ format: 'uuid' })
  id: string;
  url: string;
  /** Whether a webhook would count as delivered: an answer from 200 to 299. */
  delivered: boolean;
  @ApiProperty({ type: 'integer', nullable: true, example: 200 })
  http_status: number | null;
  /** Why there was no whole answer. */
  @OpenEnum(deliveryFailures, { nullable: true })
  failure_reason: string | null;
  /** The first kilobyte of the answer. */
  @ApiProperty({ type: String, nullable: true })
  answer: string | null;
  @ApiProperty({ type: 'integer' })
  duration_ms: number;
  livemode: boolean;
}

export function toWebhookTestDto(
  id: string,
  url: string,
  outcome: DeliveryOutcome,
): WebhookTestDto {
  const httpStatus = outcome.kind === 'answered' ? outcome.httpStatus : null;
  return {
    object: 'webhook_test',
    id,
    url,
    delivered: httpStatus !== null && httpStatus >= 200 && httpStatus < 300,
    http_status: httpStatus,
    failure_reason: outcome.kind === 'failed' ? outcome.reason : null,
    answer: outcome.kind === 'answered' ? outcome.answer : null,
    duration_ms: outcome.durationMs,
    livemode: isLivemode(),
  };
}
