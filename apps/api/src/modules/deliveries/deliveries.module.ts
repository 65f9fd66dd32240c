import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type Config, CONFIG } from '../../config.js';
import { RefundsModule } from '../refunds/index.js';
import { TransactionsModule } from '../transactions/index.js';
import { DeliveryQueue } from './delivery-queue.repository.js';
import { DeliveryWorker } from './delivery.worker.js';
import { OutboxReadings } from './outbox-readings.service.js';
import { WebhookBodies } from './webhook-body.service.js';
import { WebhookDeliveries } from './webhook-deliveries.service.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookDeliveryAttempt } from './webhook-delivery-attempt.entity.js';
import { WebhookSender } from './webhook-sender.service.js';
import { WebhookTests } from './webhook-test.service.js';
import { WebhooksController } from './webhooks.controller.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([WebhookDelivery, WebhookDeliveryAttempt]),
    TransactionsModule,
    RefundsModule,
  ],
  controllers: [WebhooksController],
  providers: [
    DeliveryQueue,
    DeliveryWorker,
    OutboxReadings,
    WebhookBodies,
    WebhookDeliveries,
    WebhookTests,
    {
      provide: WebhookSender,
      inject: [CONFIG],
      useFactory: (config: Config) =>
        new WebhookSender({
          timeoutMs: config.WEBHOOK_TIMEOUT_MS,
          allowPrivate: config.WEBHOOK_ALLOW_PRIVATE_ADDRESSES,
        }),
    },
  ],
  exports: [DeliveryWorker],
})
export class DeliveriesModule {}
