import type { ProviderCode } from '@libs/providers';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RefundErrorCode, RefundStatus } from './refund.machine.js';

@Entity('refunds')
export class Refund {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') transactionId: string;
  @Column('uuid') partnerId: string;
  @Column('varchar', { length: 255 }) idempotencyKey: string;
  @Column('char', { length: 64, nullable: true }) requestHash: string | null;
  @Column('numeric', { precision: 19, scale: 4 }) amount: string;
  @Column('varchar', { length: 3 }) currency: string;
  @Column('varchar', { length: 255 }) reason: string;
  @Column('enum', { enumName: 'refund_status' }) status: RefundStatus;
  /** Asked for through us, or made at the provider itself. */
  @Column('text') source: 'api' | 'provider';
  @Column('enum', { enumName: 'payment_provider' }) provider: ProviderCode;
  @Column('varchar', { length: 100 }) providerAccount: string;
  @Column('varchar', { length: 255, nullable: true }) providerRefundId: string | null;
  @Column('text') certainty: string;
  /** How many calls may have reached the provider. */
  @Column('smallint') sends: number;
  @Column('varchar', { length: 50, nullable: true }) errorCode: RefundErrorCode | null;
  @Column('text', { nullable: true }) errorMessage: string | null;
  @Column('jsonb', { nullable: true }) metadata: Record<string, string> | null;
  @Column('numeric', { precision: 19, scale: 4 }) refundExcess: string;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') updatedAt: Date;
  @Column('timestamptz', { nullable: true }) processedAt: Date | null;
  @Column('timestamptz', { nullable: true }) failedAt: Date | null;
  @Column('timestamptz', { nullable: true }) deletedAt: Date | null;
  @Column('timestamptz', { nullable: true }) nextSyncAt: Date | null;
  @Column('int') syncCount: number;
  @Column('int') version: number;
  @Column('varchar', { length: 100, nullable: true }) changedBy: string | null;
  @Column('uuid', { nullable: true }) changedRequestId: string | null;
  /** Whether it lies in the archive, with its payment. */
  archived?: boolean;
}

/** A refund of a payment in the archive. */
@Entity('refunds_archive')
export class ArchivedRefund extends Refund {}
