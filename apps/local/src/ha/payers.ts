import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { PaymentsClient } from '@libs/client';

/** A payment that the API acknowledged. */
export interface Acknowledged {
  key: string;
  id: string;
  status: string;
  /** When the answer came. */
  atMs: number;
  /** How long it took, with all repetitions. */
  tookMs: number;
}

export interface PayersOptions {
  apiUrls: readonly string[];
  apiKey: string;
  /** How many payments begin each second, whatever became of those before. */
  perSecond: number;
}

const attemptTimeoutMs = 10_000;
const retries = 20;

/** Partners whose customers keep coming: each payment is repeated with its key until it is answered. */
export class Payers {
  readonly acknowledged: Acknowledged[] = [];
  /** What calls ended with although they were repeated. */
  readonly failures: string[] = [];
  private calls = 0;
  private readonly abandoned = new AbortController();
  private readonly open = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private readonly client: PaymentsClient;

  constructor(private readonly options: PayersOptions) {
    const [baseUrl = ''] = options.apiUrls;
    this.client = new PaymentsClient({
      ...{ apiKey: options.apiKey, baseUrl, timeoutMs: attemptTimeoutMs, maxRetries: retries },
      fetch: (input, init) => {
        const { pathname } = new URL(input instanceof Request ? input.url : input);
        return fetch(new URL(pathname, this.nextUrl()), init);
      },
    });
    setMaxListeners(0, this.abandoned.signal);
    this.timer = setInterval(() => this.begin(), 1_000 / options.perSecond);
  }

  /** Begins no more payments. Resolves when every one that was begun is answered. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.open);
  }

  /** Gives up on the payments that are not answered yet. */
  abandon(): void {
    clearInterval(this.timer);
    this.abandoned.abort();
  }

  /** Each attempt goes to the next process, as by way of a load balancer. */
  private nextUrl(): string {
    const { apiUrls } = this.options;
    return apiUrls[this.calls++ % apiUrls.length] ?? '';
  }

  private begin(): void {
    const paying = this.pay(randomUUID(), Date.now()).finally(() => this.open.delete(paying));
    this.open.add(paying);
  }

  private async pay(key: string, startedAtMs: number): Promise<void> {
    try {
      const { id, status } = await this.client.transactions.create(
        {
          ...{ amount: '10.50', currency: 'EUR', customer_email: 'payer@example.com' },
          ...{ payment_method: 'card', payment_method_token: 'pm_card_visa' },
        },
        { idempotencyKey: key, signal: this.abandoned.signal },
      );
      const atMs = Date.now();
      this.acknowledged.push({ key, id, status, atMs, tookMs: atMs - startedAtMs });
    } catch (error) {
      this.failures.push(String(error));
    }
  }
}
