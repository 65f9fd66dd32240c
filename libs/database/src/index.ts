export { postgresOptions } from './postgres-options.js';
export { TenantDatabase, type TenantScope } from './tenant-database.js';
export { rowReader } from './row-reader.js';
