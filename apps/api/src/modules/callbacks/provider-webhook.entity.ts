import type { ProviderCode } from '@libs/providers';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export type ProviderWebhookStatus = 'received' | 'applied' | 'parked' | 'ignored' | 'failed';

@Entity('provider_webhooks')
export class ProviderWebhook {
  @PrimaryColumn('uuid') id: string;
  @Column('enum', { enumName: 'payment_provider' }) provider: ProviderCode;
  @Column('varchar', { length: 100 }) providerAccount: string;
  @Column('varchar', { length: 255 }) providerEventId: string;
  @Column('varchar', { length: 100 }) eventType: string;
  /** The raw body, encrypted. */
  @Column('text') body: string;
  @Column('timestamptz', { nullable: true }) occurredAt: Date | null;
  /** The provider's id of the sending that brought it. */
  @Column('varchar', { length: 255, nullable: true }) transmissionId: string | null;
  @Column('text') status: ProviderWebhookStatus;
  @Column('uuid', { nullable: true }) partnerId: string | null;
  @Column('uuid', { nullable: true }) transactionId: string | null;
  @Column('uuid', { nullable: true }) refundId: string | null;
  @Column('int') attemptCount: number;
  @Column('timestamptz', { nullable: true }) nextAttemptAt: Date | null;
  @Column('text', { nullable: true }) lastError: string | null;
  @Column('timestamptz') receivedAt: Date;
  @Column('timestamptz', { nullable: true }) appliedAt: Date | null;
}
