import { ProviderError } from '../port.js';
import { isObject, parseJsonObject, retryAfterMs, Transport } from '../transport.js';
import type { Headers, HttpAnswer } from '../transport.js';

/** A whole answer, read and parsed. The Stripe SDK asks for exactly these methods. */
export class StripeAnswer {
  constructor(
    private readonly httpStatus: number,
    private readonly headers: Headers,
    private readonly json: unknown,
  ) {}

  getStatusCode(): number {
    return this.httpStatus;
  }

  getHeaders(): Headers {
    return this.headers;
  }

  getRawResponse(): object {
    return {};
  }

  toStream(): never {
    throw new Error('answers are never streamed');
  }

  async toJSON(): Promise<unknown> {
    return this.json;
  }
}

/**
 * The Stripe SDK's HTTP client over our own connections.
 *
 * The SDK takes a 500 without an `error` field for success. This client gives up on anything that is no answer.
 */
export class StripeTransport {
  private readonly transport: Transport;

  constructor(origin: string, connections?: number) {
    this.transport = new Transport('Stripe', origin, connections);
  }

  getClientName(): string {
    return 'undici';
  }

  async makeRequest(
    _host: string,
    _port: string,
    path: string,
    method: string,
    headers: object,
    body: string,
    _protocol: string,
    timeoutMs: number,
  ): Promise<StripeAnswer> {
    const call = { path, method: method as 'POST', headers: { ...headers }, body };
    return usable(await this.transport.send(call, timeoutMs));
  }

  close(): Promise<void> {
    return this.transport.close();
  }
}

function usable({ httpStatus, headers, body }: HttpAnswer): StripeAnswer {
  const json = parseJsonObject(body);
  const isError = httpStatus >= 400 && httpStatus < 500 && isObject(json?.error);
  const isSuccess = httpStatus >= 200 && httpStatus < 300 && json && !('error' in json);
  if (isError || isSuccess) return new StripeAnswer(httpStatus, headers, json);
  throw new ProviderError('outcome_unknown', `Stripe gave no usable answer (HTTP ${httpStatus})`, {
    httpStatus,
    retryAfterMs: retryAfterMs(headers, Date.now()),
  });
}
