import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The newest event of a partner that left the feed. */
@Entity('event_horizons')
export class EventHorizon {
  @PrimaryColumn('uuid') partnerId: string;
  @Column('bigint') xactId: string;
  @Column('bigint') eventId: string;
}
