import { Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { type Config, CONFIG } from '../../config.js';
import { invariantsOptions, InvariantsService } from './invariants.service.js';
import { InvariantsWorker } from './invariants.worker.js';

const dataSourceName = 'invariants';

/** What must hold at every moment, checked on connections that no payment waits for. */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      name: dataSourceName,
      inject: [CONFIG],
      useFactory: (config: Config) => ({
        ...invariantsOptions(config.WORKER_DATABASE_URL, config.INVARIANTS_TIMEOUT_MS),
        retryAttempts: 0,
      }),
    }),
  ],
  providers: [
    {
      provide: InvariantsService,
      inject: [getDataSourceToken(dataSourceName), CONFIG],
      useFactory: (dataSource: DataSource, config: Config) =>
        new InvariantsService(dataSource, config.INVARIANTS_TIMEOUT_MS),
    },
    InvariantsWorker,
  ],
  exports: [InvariantsWorker],
})
export class InvariantsModule {}
