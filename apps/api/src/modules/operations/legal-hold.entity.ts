import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Keeps the records of a partner, or of one transaction of it, from every job of the life cycle. */
@Entity('legal_holds')
export class LegalHold {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') partnerId: string;
  @Column('uuid', { nullable: true }) transactionId: string | null;
  @Column('varchar', { length: 500 }) reason: string;
  @Column('varchar', { length: 100 }) placedBy: string;
  @Column('timestamptz') placedAt: Date;
  @Column('varchar', { length: 100, nullable: true }) releasedBy: string | null;
  @Column('timestamptz', { nullable: true }) releasedAt: Date | null;
}
