import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RefundsModule } from '../refunds/index.js';
import { TransactionsModule } from '../transactions/index.js';
import { CallbackWorker } from './callback.worker.js';
import { CallbacksController } from './callbacks.controller.js';
import { CallbacksService } from './callbacks.service.js';
import { ProviderWebhook } from './provider-webhook.entity.js';
import { ProviderWebhooksRepository } from './provider-webhooks.repository.js';

@Module({
  imports: [TypeOrmModule.forFeature([ProviderWebhook]), TransactionsModule, RefundsModule],
  controllers: [CallbacksController],
  providers: [CallbacksService, ProviderWebhooksRepository, CallbackWorker],
  exports: [CallbackWorker],
})
export class CallbacksModule {}
