import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('transaction_events')
export class TransactionEvent {
  @PrimaryColumn('bigint') id: string;
  @PrimaryColumn('timestamptz') createdAt: Date;
  @Column('uuid') transactionId: string;
  @Column('uuid') partnerId: string;
  @Column('uuid', { nullable: true }) refundId: string | null;
  @Column('enum', { enumName: 'event_type' }) eventType: string;
  @Column('varchar', { length: 50, nullable: true }) fromStatus: string | null;
  @Column('varchar', { length: 50, nullable: true }) status: string | null;
  @Column('int') sequence: number;
  @Column('jsonb', { nullable: true }) providerResponse: Record<string, unknown> | null;
  @Column('text', { nullable: true }) errorMessage: string | null;
  @Column('varchar', { length: 100, nullable: true }) createdBy: string | null;
  @Column('inet', { nullable: true }) ipAddress: string | null;
  @Column('uuid', { nullable: true }) requestId: string | null;
  /** The database transaction that wrote it: the order in which readers may see events. */
  @Column('bigint') xactId: string;
}
