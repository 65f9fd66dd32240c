import type { ProviderCode } from '@libs/providers';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Why a person has to look at something. */
export type ReviewKind =
  | 'outcome_unknown'
  | 'late_success'
  | 'double_charge'
  | 'payment_reversed'
  | 'payment_archived'
  | 'amount_mismatch'
  | 'refund_excess'
  | 'dashboard_refund'
  | 'dispute'
  | 'unmapped_status'
  | 'webhook_failed';

@Entity('review_items')
export class ReviewItem {
  @PrimaryColumn('uuid') id: string;
  @Column('text') kind: ReviewKind;
  /** What it is about: of one kind and subject there is one open item. */
  @Column('varchar', { length: 300 }) subject: string;
  @Column('uuid', { nullable: true }) partnerId: string | null;
  @Column('uuid', { nullable: true }) transactionId: string | null;
  @Column('uuid', { nullable: true }) refundId: string | null;
  @Column('uuid', { nullable: true }) providerWebhookId: string | null;
  @Column('enum', { enumName: 'payment_provider', nullable: true }) provider: ProviderCode | null;
  @Column('varchar', { length: 100, nullable: true }) providerAccount: string | null;
  /** No personal data. */
  @Column('jsonb') details: Record<string, unknown>;
  @Column('text') status: 'open' | 'resolved';
  @Column('timestamptz') openedAt: Date;
  @Column('int') occurrences: number;
  @Column('timestamptz') lastSeenAt: Date;
  @Column('timestamptz', { nullable: true }) resolvedAt: Date | null;
  @Column('varchar', { length: 100, nullable: true }) resolvedBy: string | null;
  @Column('text', { nullable: true }) resolution: string | null;
}
