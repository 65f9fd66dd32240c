import { Module } from '@nestjs/common';
import { type Config, CONFIG } from '../../config.js';
import { WebhookSender } from './webhook-sender.service.js';

@Module({
  providers: [
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
})
export class DeliveriesModule {}
