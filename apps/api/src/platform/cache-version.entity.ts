import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('cache_versions')
export class CacheVersion {
  @PrimaryColumn('text') kind: string;
  @Column('bigint') version: string;
}
