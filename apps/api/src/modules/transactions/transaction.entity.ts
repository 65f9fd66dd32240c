import type {
  InstrumentTokens,
  NextAction,
  PaymentMethodCode,
  ProviderCode,
  RetryAdvice,
} from '@libs/providers';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TransactionStatus } from './transaction.machine.js';

@Entity('transactions')
export class Transaction {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') partnerId: string;
  @Column('varchar', { length: 255 }) idempotencyKey: string;
  @Column('numeric', { precision: 19, scale: 4 }) amount: string;
  @Column('varchar', { length: 3 }) currency: string;
  @Column('varchar', { length: 50 }) paymentMethod: PaymentMethodCode;
  @Column('enum', { enumName: 'payment_provider' }) provider: ProviderCode;
  @Column('varchar', { length: 100 }) providerAccount: string;
  @Column('varchar', { length: 255, nullable: true }) providerTransactionId: string | null;
  @Column('varchar', { length: 255, nullable: true }) providerCustomerId: string | null;
  @Column('enum', { enumName: 'transaction_status' }) status: TransactionStatus;
  @Column('text', { nullable: true }) customerEmail: string | null;
  @Column('text', { nullable: true }) customerName: string | null;
  @Column('text', { nullable: true }) customerPhone: string | null;
  @Column('varchar', { length: 100, nullable: true }) customerEmailHash: string | null;
  @Column('text', { nullable: true }) description: string | null;
  @Column('varchar', { length: 80, nullable: true }) reference: string | null;
  @Column('jsonb', { nullable: true }) metadata: Record<string, string> | null;
  @Column('varchar', { length: 255, nullable: true }) paymentMethodToken: string | null;
  @Column('jsonb', { nullable: true }) paymentMethodTokens: InstrumentTokens | null;
  @Column('text', { nullable: true }) returnUrl: string | null;
  @Column('text', { nullable: true }) providerReturnUrl: string | null;
  @Column('jsonb', { nullable: true }) browser: Record<string, unknown> | null;
  @Column('jsonb', { nullable: true }) nextAction: NextAction | null;
  @Column('inet', { nullable: true }) ipAddress: string | null;
  @Column('text', { nullable: true }) userAgent: string | null;
  @Column('uuid', { nullable: true }) requestId: string | null;
  @Column('varchar', { length: 50, nullable: true }) errorCode: string | null;
  @Column('text', { nullable: true }) errorMessage: string | null;
  @Column('varchar', { length: 50, nullable: true }) declineCode: string | null;
  @Column('varchar', { length: 30, nullable: true }) retryAdvice: RetryAdvice | null;
  @Column('boolean') mayFailOver: boolean;
  @Column('int') retryCount: number;
  @Column('numeric', { precision: 19, scale: 4 }) amountRefundReserved: string;
  @Column('numeric', { precision: 19, scale: 4 }) amountRefunded: string;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') updatedAt: Date;
  @Column('timestamptz', { nullable: true }) processedAt: Date | null;
  @Column('timestamptz', { nullable: true }) failedAt: Date | null;
  @Column('timestamptz', { nullable: true }) cancelledAt: Date | null;
  @Column('varchar', { length: 255, nullable: true }) cancellationReason: string | null;
  @Column('timestamptz', { nullable: true }) cancelRequestedAt: Date | null;
  @Column('timestamptz', { nullable: true }) expiresAt: Date | null;
  @Column('timestamptz', { nullable: true }) nextSyncAt: Date | null;
  @Column('int') syncCount: number;
  @Column('timestamptz', { nullable: true }) redactedAt: Date | null;
  @Column('timestamptz', { nullable: true }) deletedAt: Date | null;
  @Column('int') version: number;
  @Column('int') lastSequence: number;
  @Column('varchar', { length: 100, nullable: true }) changedBy: string | null;
  @Column('uuid', { nullable: true }) changedRequestId: string | null;
  /** Whether it lies in the archive, where it is read and nothing else. */
  archived?: boolean;
}

/** A payment whose end is years ago. */
@Entity('transactions_archive')
export class ArchivedTransaction extends Transaction {}
