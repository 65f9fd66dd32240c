import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The newest one in a restored database says to which moment it was restored. */
@Entity('backup_heartbeats')
export class BackupHeartbeat {
  /** The minute of the day in UTC. */
  @PrimaryColumn('smallint') slot: number;
  @Column('timestamptz') writtenAt: Date;
}
