import { formatAmount } from '@libs/money';
import { declineCodes } from '@libs/providers';
import { ApiProperty } from '@nestjs/swagger';
import { OpenEnum } from '../../http/open-enum.decorator.js';
import { isLivemode } from '../../livemode.js';
import { refundErrorCodes } from '../refunds/index.js';
import { paymentErrorCodes } from '../transactions/index.js';

export class AttemptRecordDto {
  @ApiProperty({ type: 'integer', example: 1 })
  attempt_no: number;
  provider: string;
  provider_account: string;
  @ApiProperty({ type: String, nullable: true })
  provider_transaction_id: string | null;
  status: string;
  /** Whether the provider got the request, and whether it told the outcome. */
  @ApiProperty({ enum: ['never_sent', 'sent_unconfirmed', 'confirmed'] })
  certainty: string;
  @OpenEnum(paymentErrorCodes, { nullable: true })
  error_code: string | null;
  @ApiProperty({ type: String, nullable: true })
  error_message: string | null;
  @OpenEnum(declineCodes, { nullable: true })
  decline_code: string | null;
  /** What the provider answered, as far as it may be kept. */
  @ApiProperty({ type: Object, nullable: true })
  provider_response: object | null;
  @ApiProperty({ format: 'date-time' })
  started_at: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finished_at: string | null;
}

export class RefundRecordDto {
  @ApiProperty({ format: 'uuid' })
  id: string;
  status: string;
  @ApiProperty({ example: '4.00' })
  amount: string;
  reason: string;
  /** Asked for by the partner, or made at the provider itself. */
  @ApiProperty({ enum: ['api', 'provider'] })
  source: string;
  @ApiProperty({ enum: ['never_sent', 'sent_unconfirmed', 'confirmed'] })
  certainty: string;
  @ApiProperty({ type: String, nullable: true })
  provider_refund_id: string | null;
  @OpenEnum(refundErrorCodes, { nullable: true })
  error_code: string | null;
  @ApiProperty({ type: String, nullable: true })
  error_message: string | null;
  @ApiProperty({ type: String, nullable: true })
  changed_by: string | null;
  @ApiProperty({ format: 'date-time' })
  created_at: string;
  @ApiProperty({ format: 'date-time' })
  updated_at: string;
  @ApiProperty({ type: 'integer' })
  version: number;
}

/** A refund that was settled by hand. */
export class SettledRefundDto extends RefundRecordDto {
  @ApiProperty({ example: 'refund' })
  object: string;
  @ApiProperty({ format: 'uuid' })
  transaction_id: string;
  @ApiProperty({ example: 'USD' })
  currency: string;
  livemode: boolean;
}

export class EventRecordDto {
  /** Counts the events of the payment. */
  @ApiProperty({ type: 'integer', example: 1 })
  sequence: number;
  event_type: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  refund_id: string | null;
  @ApiProperty({ type: String, nullable: true })
  from_status: string | null;
  @ApiProperty({ type: String, nullable: true })
  status: string | null;
  @ApiProperty({ type: Object, nullable: true })
  provider_response: object | null;
  @ApiProperty({ type: String, nullable: true })
  error_message: string | null;
  /** Who caused it: `partner`, `operator:<name>`, `provider:<code>` or `system`. */
  @ApiProperty({ type: String, nullable: true })
  created_by: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  request_id: string | null;
  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

/** A payment of any partner with its history, without the payer's personal data. */
export class TransactionRecordDto {
  @ApiProperty({ example: 'transaction' })
  object: string;
  @ApiProperty({ format: 'uuid' })
  id: string;
  @ApiProperty({ format: 'uuid' })
  partner_id: string;
  partner_name: string;
  idempotency_key: string;
  status: string;
  @ApiProperty({ example: '10.50' })
  amount: string;
  /** What refunds that are not failed add up to. */
  @ApiProperty({ example: '0.00' })
  amount_refund_reserved: string;
  @ApiProperty({ example: '0.00' })
  amount_refunded: string;
  @ApiProperty({ example: 'USD' })
  currency: string;
  payment_method: string;
  provider: string;
  provider_account: string;
  @ApiProperty({ type: String, nullable: true })
  provider_transaction_id: string | null;
  @ApiProperty({ type: String, nullable: true })
  reference: string | null;
  @OpenEnum(paymentErrorCodes, { nullable: true })
  error_code: string | null;
  @ApiProperty({ type: String, nullable: true })
  error_message: string | null;
  @OpenEnum(declineCodes, { nullable: true })
  decline_code: string | null;
  @ApiProperty({ type: 'integer' })
  retry_count: number;
  @ApiProperty({ type: String, nullable: true })
  cancellation_reason: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  cancel_requested_at: string | null;
  /** When the provider is asked again. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  next_sync_at: string | null;
  @ApiProperty({ type: 'integer' })
  sync_count: number;
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  request_id: string | null;
  @ApiProperty({ type: String, nullable: true })
  changed_by: string | null;
  @ApiProperty({ format: 'date-time' })
  created_at: string;
  @ApiProperty({ format: 'date-time' })
  updated_at: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  processed_at: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  failed_at: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  cancelled_at: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expires_at: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  deleted_at: string | null;
  @ApiProperty({ type: 'integer', example: 2 })
  version: number;
  /** Whether it is in the archive, where it can be read and nothing else. */
  archived: boolean;
  livemode: boolean;
  attempts: AttemptRecordDto[];
  refunds: RefundRecordDto[];
  events: EventRecordDto[];
}

/** A payment as the database tells it: amounts with four decimals, times with microseconds. */
export type TransactionRecord = Omit<TransactionRecordDto, 'object' | 'livemode'>;

export function toTransactionRecordDto(
  record: TransactionRecord,
  decimals: number,
): TransactionRecordDto {
  return {
    object: 'transaction',
    ...inWireTimes(record),
    amount: formatAmount(record.amount, decimals),
    amount_refund_reserved: formatAmount(record.amount_refund_reserved, decimals),
    amount_refunded: formatAmount(record.amount_refunded, decimals),
    livemode: isLivemode(),
    attempts: record.attempts.map(inWireTimes),
    refunds: record.refunds.map((refund) => toRefundRecordDto(refund, decimals)),
    events: record.events.map(inWireTimes),
  };
}

/** A refund alone, as the database tells it. */
export type SettledRefund = Omit<SettledRefundDto, 'object' | 'livemode'>;

export function toSettledRefundDto(refund: SettledRefund, decimals: number): SettledRefundDto {
  return { object: 'refund', ...toRefundRecordDto(refund, decimals), livemode: isLivemode() };
}

function toRefundRecordDto<Refund extends RefundRecordDto>(refund: Refund, decimals: number) {
  return { ...inWireTimes(refund), amount: formatAmount(refund.amount, decimals) };
}

/** Every column whose name ends in `_at` is a time, and no other is. */
function inWireTimes<Row extends object>(row: Row): Pick<Row, keyof Row> {
  const entries = Object.entries(row).map(([name, value]: [string, unknown]) =>
    name.endsWith('_at') && typeof value === 'string'
      ? [name, new Date(value).toISOString()]
      : [name, value],
  );
  return Object.fromEntries(entries) as Row;
}
