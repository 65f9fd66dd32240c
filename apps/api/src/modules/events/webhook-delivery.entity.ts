import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One webhook that a partner is owed. The database writes it together with its event. */
@Entity('webhook_deliveries')
export class WebhookDelivery {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') partnerId: string;
  @Column('uuid') transactionId: string;
  @Column('bigint') eventId: string;
  @Column('timestamptz') eventCreatedAt: Date;
  @Column('varchar', { length: 50 }) type: string;
  @Column('text') status: 'pending' | 'delivered' | 'failed';
  @Column('int') attemptCount: number;
  @Column('timestamptz', { nullable: true }) nextAttemptAt: Date | null;
  @Column('timestamptz') createdAt: Date;
}
