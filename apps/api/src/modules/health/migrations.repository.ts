import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { readShippedMigrations } from '../../migration-files.js';

/** No right to read, no table: nobody migrated the database with what this process comes with. */
const neverMigrated = ['42501', '42P01'];

/** What was applied to the database, and what this process comes with. */
@Injectable()
export class MigrationsRepository {
  private areApplied = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Asks the database every time, and once all are applied only whether it answers. */
  async arePending(): Promise<boolean> {
    if (this.areApplied) await this.dataSource.query('SELECT 1');
    else this.areApplied = await this.findAll();
    return !this.areApplied;
  }

  private async findAll(): Promise<boolean> {
    const shipped = await readShippedMigrations();
    const rows = await this.readApplied();
    const applied = new Set(rows.map(({ timestamp }) => timestamp));
    return shipped.every((timestamp) => applied.has(timestamp));
  }

  private async readApplied(): Promise<{ timestamp: string }[]> {
    try {
      return await this.dataSource.query('SELECT "timestamp"::text FROM schema_migrations');
    } catch (error) {
      if (neverMigrated.includes((error as { code?: string }).code ?? '')) return [];
      throw error;
    }
  }
}
