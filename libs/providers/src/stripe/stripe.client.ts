import type Stripe from 'stripe';
import type { StripeSettings } from './stripe.settings.js';
import { StripeTransport } from './stripe.transport.js';

/** The official SDK, loaded at the first call: it takes longer to load than all the rest of a start. */
export class StripeClient {
  private readonly transport: StripeTransport;
  private client: Promise<Stripe> | undefined;

  constructor(
    private readonly settings: StripeSettings,
    private readonly timeoutMs: number,
  ) {
    this.transport = new StripeTransport(settings.apiUrl.origin);
  }

  get(): Promise<Stripe> {
    return (this.client ??= this.load());
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private async load(): Promise<Stripe> {
    const { default: Sdk } = await import('stripe');
    const { hostname, port, protocol } = this.settings.apiUrl;
    const scheme = protocol === 'http:' ? 'http' : 'https';
    return new Sdk(this.settings.secretKey, {
      host: hostname,
      port: port || (scheme === 'http' ? 80 : 443),
      protocol: scheme,
      timeout: this.timeoutMs,
      maxNetworkRetries: 0,
      telemetry: false,
      httpClient: this.transport,
    });
  }
}
