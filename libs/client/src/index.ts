export { InvalidWebhookSecretError, WebhookVerificationError } from '../../webhooks/src/index.js';
export { PaymentsClient } from './client.js';
export { ApiError, ConnectionError } from './errors.js';
export type * from './models.js';
export type { Listed } from './pages.js';
export type { FollowOptions } from './events.js';
export type { Expansion, GetTransactionOptions } from './transactions.js';
export type { CallOptions, ClientOptions, UpdateOptions, WriteOptions } from './transport.js';
export { verifyWebhook } from './webhook.js';
export type {
  RefundWebhook,
  TestWebhook,
  TransactionWebhook,
  WebhookEvent,
  WebhookHeaders,
} from './webhook.js';
