import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import type { Config } from './config.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { EntityTagInterceptor } from './http/entity-tag.interceptor.js';
import { RequestFormInterceptor } from './http/request-form.interceptor.js';
import { RequestPipe } from './http/validation.pipe.js';
import { AuditInterceptor, AuditModule } from './modules/audit/index.js';
import { BackupsModule } from './modules/backups/index.js';
import { CallbacksModule } from './modules/callbacks/index.js';
import { CatalogModule } from './modules/catalog/index.js';
import { DeliveriesModule } from './modules/deliveries/index.js';
import { EventsModule } from './modules/events/index.js';
import { HealthModule } from './modules/health/index.js';
import { IdempotencyInterceptor, IdempotencyModule } from './modules/idempotency/index.js';
import { OperationsModule } from './modules/operations/index.js';
import { ApiKeyGuard, PartnersModule } from './modules/partners/index.js';
import { RefundsModule } from './modules/refunds/index.js';
import { ReviewsModule } from './modules/reviews/index.js';
import { TransactionsModule } from './modules/transactions/index.js';
import { platformModules } from './platform/platform.module.js';

/** All of the API, and the way of every request through it, in order, once it is let in. */
@Module({
  imports: [
    IdempotencyModule,
    AuditModule,
    CatalogModule,
    EventsModule,
    ReviewsModule,
    PartnersModule,
    TransactionsModule,
    RefundsModule,
    CallbacksModule,
    DeliveriesModule,
    OperationsModule,
    HealthModule,
    BackupsModule,
  ],
  providers: [
    { provide: APP_GUARD, useExisting: ApiKeyGuard },
    { provide: APP_INTERCEPTOR, useClass: RequestFormInterceptor },
    { provide: APP_INTERCEPTOR, useExisting: AuditInterceptor },
    { provide: APP_INTERCEPTOR, useExisting: IdempotencyInterceptor },
    { provide: APP_INTERCEPTOR, useClass: EntityTagInterceptor },
    { provide: APP_PIPE, useClass: RequestPipe },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class AppModule {
  static forApi(config: Config): DynamicModule {
    return { module: AppModule, imports: platformModules(config, 'api') };
  }
}
