import { ApiProperty } from '@nestjs/swagger';
import { OpenEnum } from '../../http/open-enum.decorator.js';
import { webhookTypes } from './webhook-delivery.dto.js';

const schemas = '#/components/schemas/';
const shownOrDeleted = (schema: string) => ({
  anyOf: [{ $ref: `${schemas}${schema}` }, { $ref: `${schemas}DeletedResourceDto` }],
});

const typesOf = (resource: string) =>
  webhookTypes.filter((type) => type.startsWith(`${resource}.`));

/** What is sent instead of a payment or refund that was deleted meanwhile. */
export class DeletedResourceDto {
  @ApiProperty({ example: 'transaction' })
  object: string;
  @ApiProperty({ format: 'uuid' })
  id: string;
  @ApiProperty({ enum: [true] })
  deleted: boolean;
}

class WebhookEventDto {
  /** The `webhook-id`: the same in every attempt. */
  @ApiProperty({ format: 'uuid' })
  id: string;
  /** When it happened. */
  @ApiProperty({ format: 'date-time' })
  timestamp: string;
  /** Counts the events of one payment and its refunds without a gap. */
  @ApiProperty({ type: 'integer', minimum: 0, example: 3 })
  sequence: number;
  @ApiProperty({ example: 'v1' })
  api_version: string;
  /** Whether real money moved. */
  livemode: boolean;
}

export class TransactionWebhookDataDto {
  /** The payment as it is at the moment of sending. */
  @ApiProperty(shownOrDeleted('TransactionDto'))
  object: object;
  /** The status before this event; null for the first. */
  @ApiProperty({ type: String, nullable: true, example: 'processing' })
  previous_status: string | null;
}

export class TransactionWebhookDto extends WebhookEventDto {
  @OpenEnum(typesOf('transaction'), { example: 'transaction.completed' })
  type: string;
  data: TransactionWebhookDataDto;
}

export class RefundWebhookDataDto {
  /** The refund as it is at the moment of sending. */
  @ApiProperty(shownOrDeleted('RefundDto'))
  object: object;
  /** The status before this event; null for the first. */
  @ApiProperty({ type: String, nullable: true, example: 'processing' })
  previous_status: string | null;
}

export class RefundWebhookDto extends WebhookEventDto {
  @OpenEnum(typesOf('refund'), { example: 'refund.completed' })
  type: string;
  data: RefundWebhookDataDto;
}

export class TestedObjectDto {
  @ApiProperty({ example: 'webhook_test' })
  object: string;
  /** The same as that of the webhook. */
  @ApiProperty({ format: 'uuid' })
  id: string;
}

export class TestWebhookDataDto {
  object: TestedObjectDto;
  /** Always null: a test tells of nothing. */
  @ApiProperty({ type: String, nullable: true, example: null })
  previous_status: string | null;
}

export class TestWebhookDto extends WebhookEventDto {
  @OpenEnum(['webhook.test'])
  type: string;
  data: TestWebhookDataDto;
}
