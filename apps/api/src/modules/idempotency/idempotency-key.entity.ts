import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('idempotency_keys')
export class IdempotencyKey {
  @PrimaryColumn('uuid') partnerId: string;
  @PrimaryColumn('varchar', { length: 120 }) route: string;
  @PrimaryColumn('varchar', { length: 255 }) key: string;
  /** One keyed hash per top-level field of the request; never a value. */
  @Column('jsonb') fields: Record<string, string>;
  @Column('char', { length: 64 }) fingerprint: string;
  @Column('varchar', { length: 50, nullable: true }) resourceType: string | null;
  @Column('uuid', { nullable: true }) resourceId: string | null;
  @Column('smallint', { nullable: true }) httpStatus: number | null;
  /** The answer's body, encrypted. */
  @Column('text', { nullable: true }) response: string | null;
  @Column('char', { length: 64, nullable: true }) responseHash: string | null;
  @Column('timestamptz') lockedUntil: Date;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') expiresAt: Date;
}
