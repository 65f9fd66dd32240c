import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('partners')
export class Partner {
  @PrimaryColumn('uuid') id: string;
  @Column('varchar', { length: 255 }) name: string;
  @Column('varchar', { length: 255 }) email: string;
  @Column('varchar', { length: 255, select: false }) apiKeyHash: string;
  @Column('varchar', { length: 10 }) apiKeyPrefix: string;
  @Column('boolean') isActive: boolean;
  @Column('int') rateLimitPerMinute: number;
  @Column('varchar', { length: 512, nullable: true }) webhookUrl: string | null;
  @Column('timestamptz', { nullable: true }) webhookUrlSince: Date | null;
  @Column('text', { nullable: true }) webhookSecret: string | null;
  @Column('jsonb', { nullable: true }) metadata: Record<string, string> | null;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') updatedAt: Date;
  @Column('timestamptz', { nullable: true }) deletedAt: Date | null;
  @Column('int') version: number;
  @Column('text', { nullable: true }) webhookSecretPrevious: string | null;
  @Column('timestamptz', { nullable: true }) webhookSecretPreviousUntil: Date | null;
  @Column('timestamptz', { nullable: true }) webhookDisabledAt: Date | null;
  @Column('text', { nullable: true }) webhookDisabledReason: 'gone' | 'failing' | null;
  @Column('timestamptz', { nullable: true }) webhookFailingSince: Date | null;
}
