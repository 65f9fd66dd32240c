import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The events of one payment that are older than a year. Read by the view transaction_timeline. */
@Entity('transaction_histories')
export class TransactionHistory {
  @PrimaryColumn('uuid') transactionId: string;
  @Column('uuid') partnerId: string;
  @Column('jsonb') events: Record<string, unknown>[];
  @Column('int') eventCount: number;
}
