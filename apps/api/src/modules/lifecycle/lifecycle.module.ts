import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LifecycleRepository } from './lifecycle.repository.js';
import { LifecycleRun } from './lifecycle-run.entity.js';
import { LifecycleService } from './lifecycle.service.js';
import { LifecycleWorker } from './lifecycle.worker.js';

/** What becomes of records with time. */
@Module({
  imports: [TypeOrmModule.forFeature([LifecycleRun])],
  providers: [LifecycleRepository, LifecycleService, LifecycleWorker],
  exports: [LifecycleWorker],
})
export class LifecycleModule {}
