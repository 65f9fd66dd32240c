import { formatAmount, fromMinor, toMinor } from '@libs/money';
import { declineCodes } from '@libs/providers';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { OpenEnum } from '../../http/open-enum.decorator.js';
import { PageDto } from '../../http/page.dto.js';
import { isLivemode } from '../../livemode.js';
import { TransactionAttemptDto } from './transaction-attempt.dto.js';
import type { Transaction } from './transaction.entity.js';
import { paymentErrorCodes, retryAdvices } from './verdict.js';
import { transactionStatuses } from './transaction.machine.js';

export class NextActionDto {
  @OpenEnum(['redirect'])
  type: string;
  /** Send the payer's browser here. */
  @ApiProperty({ format: 'uri' })
  url: string;
}

/** Lists that a payment is answered with on request. */
export class TransactionExpansions {
  /** Every provider that was asked, first to last. With `expand=attempts`. */
  attempts?: TransactionAttemptDto[];
  /** What happened, first to last. With `expand=events`. */
  @ApiPropertyOptional({ type: 'array', items: { $ref: '#/components/schemas/EventDto' } })
  events?: object[];
  /** Newest first. With `expand=refunds`. */
  @ApiPropertyOptional({ type: 'array', items: { $ref: '#/components/schemas/RefundDto' } })
  refunds?: object[];
}

export class TransactionDto {
  @ApiProperty({ example: 'transaction' })
  object: string;
  @ApiProperty({ format: 'uuid' })
  id: string;
  @ApiProperty({ example: 'order-2041-payment' })
  idempotency_key: string;
  /** Says what became of the money. */
  @OpenEnum(transactionStatuses, { example: 'completed' })
  status: string;
  /** Decimal string in major units. */
  @ApiProperty({ example: '10.50' })
  amount: string;
  /** The same amount in minor units. */
  @ApiProperty({ type: 'integer', example: 1050 })
  amount_minor: number;
  /** How much was paid back. */
  @ApiProperty({ example: '0.00' })
  amount_refunded: string;
  /** How much can still be paid back. */
  @ApiProperty({ example: '10.50' })
  amount_refundable: string;
  @ApiProperty({ example: 'USD' })
  currency: string;
  @ApiProperty({ example: 'card' })
  payment_method: string;
  @ApiProperty({ example: 'stripe' })
  provider: string;
  @ApiProperty({ example: 'default' })
  provider_account: string;
  @ApiProperty({ type: String, nullable: true, example: 'pi_3SVqG2LkdIwHu7ix0pQ1a9Zc' })
  provider_transaction_id: string | null;
  @ApiProperty({ type: String, nullable: true })
  provider_customer_id: string | null;
  @ApiProperty({ type: String, nullable: true })
  reference: string | null;
  @ApiProperty({ type: String, nullable: true })
  customer_email: string | null;
  @ApiProperty({ type: String, nullable: true })
  customer_name: string | null;
  @ApiProperty({ type: String, nullable: true })
  customer_phone: string | null;
  @ApiProperty({ type: String, nullable: true })
  description: string | null;
  @ApiProperty({ type: Object, nullable: true, additionalProperties: { type: 'string' } })
  metadata: Record<string, string> | null;
  @ApiProperty({ type: String, nullable: true })
  return_url: string | null;
  /** What the payer has to do before the payment can complete. */
  @ApiProperty({ type: NextActionDto, nullable: true })
  next_action: NextActionDto | null;
  @ApiProperty({ type: String, nullable: true })
  ip_address: string | null;
  @ApiProperty({ type: String, nullable: true })
  user_agent: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  request_id: string | null;
  /** Why the payment failed, as in `payment_declined`. */
  @OpenEnum(paymentErrorCodes, { nullable: true })
  error_code: string | null;
  @ApiProperty({ type: String, nullable: true })
  error_message: string | null;
  /** Why the provider declined, as in `insufficient_funds`; one vocabulary for all providers. */
  @OpenEnum(declineCodes, { nullable: true })
  decline_code: string | null;
  /** Where the same payment may still succeed. `null` unless it failed. */
  @OpenEnum(retryAdvices, { nullable: true })
  retry_advice: string | null;
  /** How many providers were asked after the first one. */
  @ApiProperty({ type: 'integer' })
  retry_count: number;
  @ApiProperty({ type: String, nullable: true })
  cancellation_reason: string | null;
  /** When you asked to cancel; the provider may complete the payment all the same. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  cancel_requested_at: string | null;
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
  /** Rises with every change. */
  @ApiProperty({ type: 'integer' })
  version: number;
  /** Whether it is in the archive, where it can be read and nothing else. */
  archived: boolean;
  livemode: boolean;
}

export class ExpandedTransactionDto extends IntersectionType(
  TransactionDto,
  TransactionExpansions,
) {}

export class TransactionPageDto extends PageDto {
  data: TransactionDto[];
}

/** Personal data of a transaction, decrypted. */
export type PlainPayer = Pick<Transaction, 'customerEmail' | 'customerName' | 'customerPhone'>;

export function toTransactionDto(
  transaction: Transaction,
  payer: PlainPayer,
  decimals: number,
): TransactionDto {
  const minor = toMinor(transaction.amount, decimals);
  const reserved = toMinor(transaction.amountRefundReserved, decimals);
  const isPaid = ['completed', 'partially_refunded', 'refunded'].includes(transaction.status);
  return {
    object: 'transaction',
    id: transaction.id,
    idempotency_key: transaction.idempotencyKey,
    status: transaction.status,
    amount: fromMinor(minor, decimals),
    amount_minor: Number(minor),
    amount_refunded: formatAmount(transaction.amountRefunded, decimals),
    amount_refundable: fromMinor(isPaid ? minor - reserved : 0n, decimals),
    currency: transaction.currency,
    payment_method: transaction.paymentMethod,
    provider: transaction.provider,
    provider_account: transaction.providerAccount,
    provider_transaction_id: transaction.providerTransactionId,
    provider_customer_id: transaction.providerCustomerId,
    reference: transaction.reference,
    customer_email: payer.customerEmail,
    customer_name: payer.customerName,
    customer_phone: payer.customerPhone,
    ...details(transaction),
    ...timestamps(transaction),
    version: transaction.version,
    archived: transaction.archived ?? false,
    livemode: isLivemode(),
  };
}

function details(transaction: Transaction) {
  return {
    description: transaction.description,
    metadata: transaction.metadata,
    return_url: transaction.returnUrl,
    next_action: transaction.nextAction,
    ip_address: transaction.ipAddress,
    user_agent: transaction.userAgent,
    request_id: transaction.requestId,
    error_code: transaction.errorCode,
    error_message: transaction.errorMessage,
    decline_code: transaction.declineCode,
    retry_advice: transaction.retryAdvice,
    retry_count: transaction.retryCount,
    cancellation_reason: transaction.cancellationReason,
    cancel_requested_at: transaction.cancelRequestedAt?.toISOString() ?? null,
  };
}

function timestamps(transaction: Transaction) {
  return {
    created_at: transaction.createdAt.toISOString(),
    updated_at: transaction.updatedAt.toISOString(),
    processed_at: transaction.processedAt?.toISOString() ?? null,
    failed_at: transaction.failedAt?.toISOString() ?? null,
    cancelled_at: transaction.cancelledAt?.toISOString() ?? null,
    expires_at: transaction.expiresAt?.toISOString() ?? null,
  };
}
