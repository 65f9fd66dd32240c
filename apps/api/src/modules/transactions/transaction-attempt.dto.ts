import { declineCodes } from '@libs/providers';
import { ApiProperty } from '@nestjs/swagger';
import { OpenEnum } from '../../http/open-enum.decorator.js';
import { isLivemode } from '../../livemode.js';
import type { TransactionAttempt } from './transaction-attempt.entity.js';
import { paymentErrorCodes, retryAdvices } from './verdict.js';

/** What became of a payment at one account of one provider. */
export class TransactionAttemptDto {
  @ApiProperty({ example: 'attempt' })
  object: string;
  @ApiProperty({ type: 'integer', example: 1 })
  attempt_no: number;
  @ApiProperty({ example: 'stripe' })
  provider: string;
  @ApiProperty({ example: 'default' })
  provider_account: string;
  @OpenEnum(['in_flight', 'processing', 'completed', 'declined', 'failed', 'cancelled'], {
    example: 'declined',
  })
  status: string;
  /** What is known: a call that was sent and not answered may have been done. */
  @OpenEnum(['never_sent', 'sent_unconfirmed', 'confirmed'], { example: 'confirmed' })
  certainty: string;
  @OpenEnum(paymentErrorCodes, { nullable: true, example: 'payment_declined' })
  error_code: string | null;
  @OpenEnum(declineCodes, { nullable: true, example: 'card_declined' })
  decline_code: string | null;
  /** Where the same payment might still succeed after this attempt. */
  @OpenEnum(retryAdvices, { nullable: true, example: 'other_provider' })
  retry_advice: string | null;
  /** The provider's own code. */
  @ApiProperty({ type: String, nullable: true, example: 'do_not_honor' })
  provider_error_code: string | null;
  /** The provider's own words. */
  @ApiProperty({ type: String, nullable: true })
  error_message: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'pi_3SVqG2LkdIwHu7ix0pQ1a9Zc' })
  provider_transaction_id: string | null;
  @ApiProperty({ format: 'date-time' })
  started_at: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finished_at: string | null;
  livemode: boolean;
}

export function toAttemptDto(attempt: TransactionAttempt): TransactionAttemptDto {
  return {
    object: 'attempt',
    attempt_no: attempt.attemptNo,
    provider: attempt.provider,
    provider_account: attempt.providerAccount,
    status: attempt.status,
    certainty: attempt.certainty,
    error_code: attempt.errorCode,
    decline_code: attempt.declineCode,
    retry_advice: attempt.retryAdvice,
    provider_error_code: attempt.providerErrorCode,
    error_message: attempt.errorMessage,
    provider_transaction_id: attempt.providerTransactionId,
    started_at: attempt.startedAt.toISOString(),
    finished_at: attempt.finishedAt?.toISOString() ?? null,
    livemode: isLivemode(),
  };
}
