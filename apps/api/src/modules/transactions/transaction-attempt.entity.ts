import type { ProviderCode, RetryAdvice } from '@libs/providers';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AttemptStatus, Certainty } from './transaction.machine.js';

@Entity('transaction_attempts')
export class TransactionAttempt {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') transactionId: string;
  @Column('uuid') partnerId: string;
  @Column('smallint') attemptNo: number;
  @Column('enum', { enumName: 'payment_provider' }) provider: ProviderCode;
  @Column('varchar', { length: 100 }) providerAccount: string;
  @Column('varchar', { length: 255, nullable: true }) providerTransactionId: string | null;
  @Column('text') status: AttemptStatus;
  @Column('text') certainty: Certainty;
  @Column('varchar', { length: 50, nullable: true }) errorCode: string | null;
  @Column('varchar', { length: 50, nullable: true }) declineCode: string | null;
  @Column('text', { nullable: true }) errorMessage: string | null;
  @Column('varchar', { length: 100, nullable: true }) providerErrorCode: string | null;
  @Column('varchar', { length: 30, nullable: true }) retryAdvice: RetryAdvice | null;
  /** How many calls may have reached the provider. */
  @Column('smallint') sends: number;
  @Column('jsonb', { nullable: true }) providerResponse: Record<string, unknown> | null;
  @Column('timestamptz') startedAt: Date;
  @Column('timestamptz', { nullable: true }) finishedAt: Date | null;
}

/** An attempt of a payment in the archive. */
@Entity('transaction_attempts_archive')
export class ArchivedAttempt extends TransactionAttempt {}
