import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('audit_logs')
export class AuditLog {
  @PrimaryColumn('bigint') id: string;
  @PrimaryColumn('timestamptz') createdAt: Date;
  @Column('uuid', { nullable: true }) partnerId: string | null;
  @Column('varchar', { length: 100 }) action: string;
  @Column('varchar', { length: 50 }) resourceType: string;
  @Column('uuid', { nullable: true }) resourceId: string | null;
  @Column('varchar', { length: 20 }) actorType: string;
  @Column('varchar', { length: 100 }) actor: string;
  @Column('inet', { nullable: true }) ipAddress: string | null;
  @Column('text', { nullable: true }) userAgent: string | null;
  @Column('uuid', { nullable: true }) requestId: string | null;
  @Column('smallint', { nullable: true }) httpStatus: number | null;
  @Column('int') occurrences: number;
  @Column('jsonb', { nullable: true }) changes: Record<string, unknown> | null;
}
