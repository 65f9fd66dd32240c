import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Config } from '../../config.js';
import type { Operator } from '../../http/request.js';
import { dataSourceOptions } from '../../platform/database.module.js';
import { LegalHold } from './legal-hold.entity.js';
import { OperatorKey } from './operator-key.entity.js';

/** The name of the data source that logs in as `payments_operations`. */
export const operationsDataSource = 'operations';

const connectionsPerProcess = 4;

/** A few connections beside the pool of the process, opened when an operator comes. */
export function operationsOptions(config: Config): DataSourceOptions {
  const total = Math.min(config.POOL_MAX, connectionsPerProcess * config.POOL_PROCESSES);
  const options = dataSourceOptions({ ...config, POOL_MIN: 0, POOL_MAX: total }, 'operations');
  return { ...(options as DataSourceOptions), entities: [OperatorKey, LegalHold] };
}

/** The database as internal teams see it: the rows of all partners. */
@Injectable()
export class OperationsDatabase extends TenantDatabase {
  constructor(@InjectDataSource(operationsDataSource) dataSource: DataSource) {
    super(dataSource);
  }
}

/** Row-level security lets operations see all partners, so that none is named. */
export function scopeOf({ name, requestId }: Pick<Operator, 'name' | 'requestId'>) {
  return { partnerIds: [], actor: `operator:${name}`, requestId };
}
