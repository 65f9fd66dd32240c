import type { Pool } from 'undici';
import { ProviderError } from '../port.js';
import { retryAfterMs } from './stripe.errors.js';

const largestBodyBytes = 1_048_576;
const mostConnections = 500;
const longestConnectMs = 5_000;

type Headers = Record<string, string>;

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
 * The Stripe SDK's HTTP client over undici.
 *
 * The SDK's own client resends once after a reset, and then shows only the second call's error: a refused connection
 * would look as if nothing had been sent. It reads bodies without a bound, and takes a 500 without an `error` field
 * for success. This one sends once, knows whether the request went out, and gives up on anything that is no answer.
 */
export class StripeTransport {
  private pool: Promise<Pool> | undefined;

  constructor(
    private readonly origin: string,
    private readonly connections = mostConnections,
  ) {}

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
    const pool = await (this.pool ??= openPool(this.origin, this.connections));
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(timeoutMs, resolve, reject);
      const options = {
        path,
        method: method as 'POST',
        headers: { ...headers },
        body: body || null,
      };
      pool.dispatch(options, exchange);
    });
  }

  async close(): Promise<void> {
    const pool = this.pool;
    this.pool = undefined;
    await (await pool)?.close();
  }
}

async function openPool(origin: string, connections: number): Promise<Pool> {
  const { Pool } = await import('undici');
  return new Pool(origin, {
    connections,
    connect: { timeout: longestConnectMs },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** One request and its answer. undici calls `onConnect` just before it writes, and never writes when that aborts. */
class Exchange {
  private readonly deadline: NodeJS.Timeout;
  private abort: (() => void) | undefined;
  private settled = false;
  private httpStatus = 0;
  private headers: Headers = {};
  private readonly chunks: Buffer[] = [];
  private receivedBytes = 0;

  constructor(
    timeoutMs: number,
    private readonly resolve: (answer: StripeAnswer) => void,
    private readonly reject: (error: ProviderError) => void,
  ) {
    this.deadline = setTimeout(() => this.breakOff(`no answer within ${timeoutMs} ms`), timeoutMs);
  }

  onConnect(abort: () => void): void {
    const isResend = this.abort !== undefined;
    if (this.settled || isResend) abort();
    else this.abort = abort;
  }

  onHeaders(httpStatus: number, rawHeaders: Buffer[]): boolean {
    this.httpStatus = httpStatus;
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      this.headers[String(rawHeaders[i]).toLowerCase()] = String(rawHeaders[i + 1]);
    }
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.receivedBytes += chunk.length;
    if (this.receivedBytes > largestBodyBytes) this.breakOff('the answer is larger than 1 MB');
    else this.chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    if (!this.settle()) return;
    const json = parseObject(Buffer.concat(this.chunks));
    const isError = this.httpStatus >= 400 && this.httpStatus < 500 && isObject(json?.error);
    const isSuccess = this.httpStatus >= 200 && this.httpStatus < 300 && json && !('error' in json);
    if (isError || isSuccess) {
      this.resolve(new StripeAnswer(this.httpStatus, this.headers, json));
      return;
    }
    this.reject(
      new ProviderError(
        'outcome_unknown',
        `Stripe gave no usable answer (HTTP ${this.httpStatus})`,
        {
          httpStatus: this.httpStatus,
          retryAfterMs: retryAfterMs(this.headers, Date.now()),
        },
      ),
    );
  }

  onError(error: Error & { code?: string }): void {
    this.fail(error.code ?? error.name);
  }

  private breakOff(reason: string): void {
    this.fail(reason);
    this.abort?.();
  }

  private fail(reason: string): void {
    if (!this.settle()) return;
    const wasSent = this.abort !== undefined;
    const kind = wasSent ? 'outcome_unknown' : 'unreachable';
    const what = wasSent ? 'Stripe was called and did not answer' : 'Stripe could not be reached';
    this.reject(new ProviderError(kind, `${what}: ${reason}`));
  }

  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.deadline);
    return true;
  }
}

function parseObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
