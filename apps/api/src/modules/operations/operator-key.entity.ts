import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('operator_keys')
export class OperatorKey {
  @PrimaryColumn('uuid') id: string;
  @Column('varchar', { length: 100 }) operator: string;
  @Column('char', { length: 8 }) prefix: string;
  @Column('varchar', { length: 255 }) hash: string;
  @Column('text', { array: true }) scopes: string[];
  @Column('timestamptz', { nullable: true }) expiresAt: Date | null;
  @Column('timestamptz', { nullable: true }) revokedAt: Date | null;
  @Column('timestamptz', { nullable: true }) lastUsedAt: Date | null;
  @Column('timestamptz') createdAt: Date;
}
