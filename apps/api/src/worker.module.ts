import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from './config.js';
import { AuditModule } from './modules/audit/index.js';
import { BackupsModule } from './modules/backups/index.js';
import { CallbacksModule } from './modules/callbacks/index.js';
import { DeliveriesModule } from './modules/deliveries/index.js';
import { IdempotencyModule } from './modules/idempotency/index.js';
import { InvariantsModule } from './modules/invariants/index.js';
import { LifecycleModule } from './modules/lifecycle/index.js';
import { MonitoringModule } from './modules/monitoring/index.js';
import { RefundsModule } from './modules/refunds/index.js';
import { ReviewsModule } from './modules/reviews/index.js';
import { TransactionsModule } from './modules/transactions/index.js';
import { platformModules } from './platform/platform.module.js';
import { WorkLoop } from './work-loop.js';

/** What runs beside the API: recovery, inbound webhooks, schedules. */
@Module({
  imports: [
    IdempotencyModule,
    AuditModule,
    ReviewsModule,
    TransactionsModule,
    RefundsModule,
    CallbacksModule,
    DeliveriesModule,
    BackupsModule,
    InvariantsModule,
    LifecycleModule,
    MonitoringModule,
  ],
  providers: [WorkLoop],
})
export class WorkerModule {
  static forWorker(config: Config): DynamicModule {
    return { module: WorkerModule, imports: platformModules(config, 'worker') };
  }
}
