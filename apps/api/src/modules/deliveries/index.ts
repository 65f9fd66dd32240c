export { DeliveriesModule } from './deliveries.module.js';
export { DeliveryWorker } from './delivery.worker.js';
