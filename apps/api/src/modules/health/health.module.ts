import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { MigrationsRepository } from './migrations.repository.js';
import { Readiness } from './readiness.service.js';

@Module({
  controllers: [HealthController, MetricsController],
  providers: [Readiness, MigrationsRepository],
  exports: [Readiness],
})
export class HealthModule {}
