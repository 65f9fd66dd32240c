import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Places in the feed are of one epoch; a restore of a dump begins the next. */
@Entity('event_feed_epochs')
export class EventFeedEpoch {
  @PrimaryColumn('int') epoch: number;
  @Column('timestamptz') beganAt: Date;
}
