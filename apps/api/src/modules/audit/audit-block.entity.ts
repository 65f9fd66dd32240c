import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Audit rows of one partner and month, one line of JSON each, oldest first. */
@Entity('audit_blocks')
export class AuditBlock {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { nullable: true }) partnerId: string | null;
  @Column('timestamptz') firstAt: Date;
  @Column('timestamptz') lastAt: Date;
  @Column('int') rowCount: number;
  @Column('char', { length: 64 }) sha256: string;
  @Column('text') content: string;
}
