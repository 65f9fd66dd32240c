import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook as a provider sent it. */
export interface CapturedWebhook {
  /** The provider, as the path of its receiver names it. */
  provider: string;
  headers: Record<string, string>;
  body: Buffer;
}

const kept = /^(content-type|stripe-.*|paypal-.*|hmac.*)$/;

/** Takes webhooks in the place of the API and keeps them, so that a test can deliver them as it likes. */
export class WebhookCapture {
  readonly webhooks: CapturedWebhook[] = [];
  private readonly server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.entries(request.headers).filter(([name]) => kept.test(name));
      this.webhooks.push({
        provider: request.url?.slice(1) ?? '',
        headers: Object.fromEntries(headers) as Record<string, string>,
        body: Buffer.concat(chunks),
      });
      response.end('[accepted]');
    });
  });

  /** @returns the settings with which the sandbox sends its webhooks here */
  async start(): Promise<Record<string, string>> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = this.server.address() as AddressInfo;
    const url = (provider: string) => `http://127.0.0.1:${port}/${provider}`;
    return {
      STRIPE_WEBHOOK_URL: url('stripe'),
      ADYEN_WEBHOOK_URL: url('adyen'),
      PAYPAL_WEBHOOK_URL: url('paypal'),
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
