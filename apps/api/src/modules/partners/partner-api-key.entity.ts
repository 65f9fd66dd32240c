import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('partner_api_keys')
export class PartnerApiKey {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') partnerId: string;
  @Column('varchar', { length: 100 }) name: string;
  @Column('char', { length: 8 }) prefix: string;
  @Column('varchar', { length: 255, select: false }) hash: string;
  @Column('text', { array: true }) scopes: string[];
  @Column('timestamptz', { nullable: true }) expiresAt: Date | null;
  @Column('timestamptz', { nullable: true }) revokedAt: Date | null;
  @Column('timestamptz', { nullable: true }) lastUsedAt: Date | null;
  @Column('timestamptz') createdAt: Date;
}
