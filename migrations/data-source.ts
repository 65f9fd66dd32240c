import 'reflect-metadata';
import { DataSource } from 'typeorm';
import * as migrations from './index.js';

/** The classes; TypeORM runs them in the order of the timestamps in their names. */
const migrationClasses = Object.values(migrations);

/** The names that `schema_migrations` holds once everything is applied. */
export const migrationNames = migrationClasses.map((migration) => migration.name);

export const migrationsTableName = 'schema_migrations';

/** Every session takes the role of the owner at its start, so that whoever connects, it owns all. */
const ownerOptions = '-c role=payments_owner -c search_path=public -c timezone=UTC';

export function createMigrationDataSource(databaseUrl: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url: databaseUrl,
    applicationName: 'payments-migrate',
    migrations: migrationClasses,
    migrationsTableName,
    migrationsTransactionMode: 'each',
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    poolSize: 1,
    extra: { options: ownerOptions },
  });
}
