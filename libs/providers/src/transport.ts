import type { Pool } from 'undici';
import { ProviderError } from './port.js';

const largestBodyBytes = 1_048_576;
const mostConnections = 500;
const longestConnectMs = 5_000;

/** Names in lower case. */
export type Headers = Record<string, string>;

/** One call of a provider's HTTP API. */
export interface HttpCall {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** A whole answer, whatever its status. */
export interface HttpAnswer {
  httpStatus: number;
  headers: Headers;
  body: Buffer;
}

/**
 * The connections to one origin of one provider.
 *
 * The SDKs' own clients resend after a reset, and then show only the second call's error: a refused connection would
 * look as if nothing had been sent. They read bodies without a bound. This one sends once, knows whether the request
 * went out, and never waits longer than it is told.
 */
export class Transport {
  private pool: Promise<Pool> | undefined;

  constructor(
    /** The provider's name in errors. */
    private readonly provider: string,
    private readonly origin: string,
    private readonly connections = mostConnections,
  ) {}

  /**
   * @throws ProviderError `unreachable` when not a byte of the call was written, `outcome_unknown` when it was and no
   * whole answer came back in time
   */
  async send(call: HttpCall, timeoutMs: number): Promise<HttpAnswer> {
    const pool = await (this.pool ??= openPool(this.origin, this.connections));
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(this.provider, timeoutMs, resolve, reject);
      const { path, method, headers } = call;
      pool.dispatch({ path, method, headers, body: call.body || null }, exchange);
    });
  }

  /** Closes idle connections. Calls under way finish. */
  async close(): Promise<void> {
    const pool = this.pool;
    this.pool = undefined;
    await (await pool)?.close();
  }
}

/** A JSON object out of an answer's body; `undefined` for anything else. */
export function parseJsonObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * How long a `Retry-After` header asks us to wait.
 *
 * @param headers with lower-case names
 * @param nowMs what an HTTP date is compared with
 */
export function retryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const text = headers?.['retry-after']?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
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
    private readonly provider: string,
    timeoutMs: number,
    private readonly resolve: (answer: HttpAnswer) => void,
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
    const { httpStatus, headers } = this;
    this.resolve({ httpStatus, headers, body: Buffer.concat(this.chunks) });
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
    const what = wasSent ? 'was called and did not answer' : 'could not be reached';
    this.reject(new ProviderError(kind, `${this.provider} ${what}: ${reason}`));
  }

  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.deadline);
    return true;
  }
}
