import type {
  WebhookDelivery,
  WebhookDeliveryFilters,
  WebhookDeliveryPage,
  WebhookDeliveryWithAttempts,
} from './models.js';
import { type Listed, listed } from './pages.js';
import type { CallOptions, Transport } from './transport.js';

/** The log of webhooks that are owed and were sent to you. */
export class WebhookDeliveries {
  constructor(private readonly transport: Transport) {}

  /** The newest first. */
  list(query?: WebhookDeliveryFilters, options?: CallOptions): Listed<WebhookDeliveryPage> {
    return listed((further) =>
      this.transport.send('listWebhookDeliveries', { query: { ...query, ...further } }, options),
    );
  }

  /** A webhook with every attempt to send it. */
  get(id: string, options?: CallOptions): Promise<WebhookDeliveryWithAttempts> {
    return this.transport.send('getWebhookDelivery', { id }, options);
  }

  /** Has a webhook sent again, under its own id. */
  redeliver(id: string, options?: CallOptions): Promise<WebhookDelivery> {
    return this.transport.send('createWebhookRedelivery', { id }, options);
  }
}
