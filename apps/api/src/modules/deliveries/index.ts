export { DeliveriesModule } from './deliveries.module.js';
export { DeliveryWorker } from './delivery.worker.js';
export { webhookTypes } from './webhook-delivery.dto.js';
export {
  DeletedResourceDto,
  RefundWebhookDto,
  TestWebhookDto,
  TransactionWebhookDto,
} from './webhook-event.dto.js';
