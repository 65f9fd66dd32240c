import type {
  Partner,
  PartnerChanges,
  RotatedApiKey,
  RotatedWebhookSecret,
  Rotation,
  WebhookTest,
} from './models.js';
import type { CallOptions, Transport, UpdateOptions, WriteOptions } from './transport.js';

/** You: your profile, your key, and where your webhooks go. */
export class PartnerProfile {
  constructor(private readonly transport: Transport) {}

  get(options?: CallOptions): Promise<Partner> {
    return this.transport.send('getPartner', {}, options);
  }

  /** Changes your profile. A webhook URL that was disabled is enabled by saving it again. */
  update(body: PartnerChanges, options?: UpdateOptions): Promise<Partner> {
    return this.transport.send('updatePartner', { body }, options);
  }

  /** Makes a new API key, shown once. The old one works for a day, or as long as you say. */
  rotateApiKey(body: Rotation = {}, options?: WriteOptions): Promise<RotatedApiKey> {
    return this.transport.send('rotateApiKey', { body }, options);
  }

  /** Makes a new webhook secret, shown once. The old one signs too for a day, or as long as you say. */
  rotateWebhookSecret(body: Rotation = {}, options?: WriteOptions): Promise<RotatedWebhookSecret> {
    return this.transport.send('rotateWebhookSecret', { body }, options);
  }

  /** Sends a webhook that tells of nothing, once, and says what your server answered. */
  testWebhook(options?: CallOptions): Promise<WebhookTest> {
    return this.transport.send('createWebhookTest', {}, options);
  }
}
