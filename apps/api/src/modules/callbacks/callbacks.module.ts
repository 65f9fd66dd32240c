import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RefundsModule } from '../refunds/index.js';
import { ReviewsModule } from '../reviews/index.js';
import { TransactionsModule } from '../transactions/index.js';
import { CallbackWorker } from './callback.worker.js';
import { CallbacksController } from './callbacks.controller.js';
import { CallbacksService } from './callbacks.service.js';
import { DisputeEventsRepository } from './dispute-events.repository.js';
import { DisputeFacts } from './dispute-facts.service.js';
import { FactOwnersRepository } from './fact-owners.repository.js';
import { FactsService } from './facts.service.js';
import { PaymentFacts } from './payment-facts.service.js';
import { ProviderTransmission } from './provider-transmission.entity.js';
import { ProviderWebhook } from './provider-webhook.entity.js';
import { ProviderWebhooksRepository } from './provider-webhooks.repository.js';
import { RefundFacts } from './refund-facts.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([ProviderWebhook, ProviderTransmission]),
    ReviewsModule,
    TransactionsModule,
    RefundsModule,
  ],
  controllers: [CallbacksController],
  providers: [
    CallbacksService,
    ProviderWebhooksRepository,
    CallbackWorker,
    FactsService,
    FactOwnersRepository,
    PaymentFacts,
    RefundFacts,
    DisputeFacts,
    DisputeEventsRepository,
  ],
  exports: [CallbackWorker],
})
export class CallbacksModule {}
