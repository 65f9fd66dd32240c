import { Column, Entity, PrimaryColumn } from 'typeorm';

export const deliveryStatuses = ['pending', 'delivered', 'failed'] as const;

export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** One webhook that a partner is owed. The database writes it together with its event. */
@Entity('webhook_deliveries')
export class WebhookDelivery {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') partnerId: string;
  @Column('uuid') transactionId: string;
  @Column('bigint') eventId: string;
  @Column('timestamptz') eventCreatedAt: Date;
  @Column('varchar', { length: 50 }) type: string;
  @Column('text') status: DeliveryStatus;
  @Column('int') attemptCount: number;
  @Column('timestamptz', { nullable: true }) nextAttemptAt: Date | null;
  @Column('timestamptz') createdAt: Date;
  /** Until then a worker is sending it. */
  @Column('timestamptz', { nullable: true }) leasedUntil: Date | null;
  @Column('timestamptz', { nullable: true }) deliveredAt: Date | null;
}
