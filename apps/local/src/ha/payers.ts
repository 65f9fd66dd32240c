import { randomUUID } from 'node:crypto';
import { PaymentsClient } from '@libs/client';

/** A payment that the API acknowledged. */
export interface Acknowledged {
  key: string;
  id: string;
  status: string;
  /** When the answer came. */
  atMs: number;
}

export interface PayersOptions {
  apiUrls: readonly string[];
  apiKey: string;
  payers: number;
}

const attemptTimeoutMs = 10_000;
const retries = 20;
const pauseMs = 40;

/** Partners that pay over and over: each repeats a payment with its key until it is answered. */
export class Payers {
  readonly acknowledged: Acknowledged[] = [];
  /** What calls ended with although they were repeated. */
  readonly failures: string[] = [];
  private stopping = false;
  private calls = 0;
  private readonly paying: Promise<unknown>;
  private readonly client: PaymentsClient;

  constructor(private readonly options: PayersOptions) {
    const [baseUrl = ''] = options.apiUrls;
    this.client = new PaymentsClient({
      ...{ apiKey: options.apiKey, baseUrl, timeoutMs: attemptTimeoutMs, maxRetries: retries },
      fetch: (input, init) =>
        fetch(
          String(input).replace(baseUrl, () => this.nextUrl()),
          init,
        ),
    });
    this.paying = Promise.all(Array.from({ length: options.payers }, () => this.payOnAndOn()));
  }

  /** Resolves when every payment that was begun is answered. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.paying;
  }

  /** Each attempt goes to the next process, as by way of a load balancer. */
  private nextUrl(): string {
    const { apiUrls } = this.options;
    return apiUrls[this.calls++ % apiUrls.length] ?? '';
  }

  private async payOnAndOn(): Promise<void> {
    while (!this.stopping) {
      const key = randomUUID();
      try {
        const { id, status } = await this.client.transactions.create(
          {
            ...{ amount: '10.50', currency: 'EUR', customer_email: 'payer@example.com' },
            ...{ payment_method: 'card', payment_method_token: 'pm_card_visa' },
          },
          { idempotencyKey: key },
        );
        this.acknowledged.push({ key, id, status, atMs: Date.now() });
      } catch (error) {
        this.failures.push(String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
