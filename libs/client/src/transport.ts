import { setTimeout as wait } from 'node:timers/promises';
import { ApiError, ConnectionError, type FailedCall } from './errors.js';
import type { Problem } from './models.js';
import type { Answer, OperationId } from './operations.js';
import { routes } from './partner-api.js';
import { delayBeforeRetry, readRetryAfter } from './retries.js';
import { writeQuery } from './query.js';

/** How the API is reached. */
export interface ClientOptions {
  /** Your key. Keep it on your server. */
  apiKey: string;
  /** Where the API is, as in `https://payments.example`. */
  baseUrl: string;
  /** How often a call is tried again; 2 unless given. */
  maxRetries?: number | undefined;
  /** How long one attempt may take; 60 seconds unless given. */
  timeoutMs?: number | undefined;
  /** Sends the requests instead of the global `fetch`. */
  fetch?: typeof fetch | undefined;
}

/** What one call does in another way than the client. */
export interface CallOptions {
  maxRetries?: number | undefined;
  timeoutMs?: number | undefined;
  /** Ends the call, and the waiting between its attempts. */
  signal?: AbortSignal | undefined;
}

/** What a call that changes something can be told beside. */
export interface WriteOptions extends CallOptions {
  /** One for each operation, the same in every repetition of it; a new UUID unless given. */
  idempotencyKey?: string | undefined;
}

/** What `partner.update` can be told beside. */
export interface UpdateOptions extends CallOptions {
  /** The `version` that was read: another change since then makes the call fail with 412. */
  ifVersion?: number | undefined;
}

/** What an operation is asked with. */
export interface Parts {
  id?: string;
  query?: object | undefined;
  body?: object | undefined;
}

/** Where waiting and chance come from. */
export interface Surroundings {
  pause: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  random: () => number;
}

interface Attempt extends FailedCall {
  url: string;
  init: RequestInit;
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

type Options = WriteOptions & UpdateOptions;

const defaultRetries = 2;
const defaultTimeoutMs = 60_000;
const realSurroundings: Surroundings = {
  pause: (ms, signal) => wait(ms, undefined, signal ? { signal } : {}),
  random: Math.random,
};

/** Done twice they leave what they leave when done once; not so with a version, which the first one raises. */
const sameTwice = new Set<OperationId>(['updatePartner', 'createWebhookRedelivery']);

/** They would make another path: the one above, or that of the list. */
const noIds = new Set(['', '.', '..']);

/** Sends operations, again where that is safe, and turns answers into values or errors. */
export class Transport {
  readonly #options: ClientOptions;
  private readonly baseUrl: string;

  constructor(
    options: ClientOptions,
    readonly surroundings: Surroundings = realSurroundings,
  ) {
    if (!/^[!-~]+$/.test(options.apiKey)) throw new TypeError('apiKey is not printable ASCII');
    this.#options = options;
    this.baseUrl = addressOf(options.baseUrl);
  }

  async send<Id extends OperationId>(
    operation: Id,
    parts: Parts = {},
    options: Options = {},
  ): Promise<Answer<Id>> {
    const attempt = this.prepare(operation, parts, options);
    const isRepeatable =
      attempt.init.method === 'GET' ||
      attempt.idempotencyKey !== undefined ||
      (sameTwice.has(operation) && options.ifVersion === undefined);
    const retries = options.maxRetries ?? this.#options.maxRetries ?? defaultRetries;
    for (let count = 0; ; count++) {
      try {
        return (await this.attempt(attempt)) as Answer<Id>;
      } catch (error) {
        const { pause, random } = this.surroundings;
        const delayMs = delayBeforeRetry(error, { attempt: count, isRepeatable }, random);
        if (delayMs === undefined || count >= retries) throw error;
        await pause(delayMs, options.signal);
      }
    }
  }

  private prepare(operation: OperationId, { id, query, body }: Parts, options: Options): Attempt {
    const { method, path, keyed } = routes[operation];
    if (id !== undefined && noIds.has(id)) throw new TypeError(`id is ${JSON.stringify(id)}`);
    const place = id === undefined ? path : path.replace('{id}', encodeURIComponent(id));
    const idempotencyKey = keyed ? (options.idempotencyKey ?? crypto.randomUUID()) : undefined;
    const headers = new Headers({
      accept: 'application/json',
      authorization: `Bearer ${this.#options.apiKey}`,
      'user-agent': 'payment-orchestration-client/1',
    });
    if (body) headers.set('content-type', 'application/json');
    if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
    if (options.ifVersion !== undefined) headers.set('if-match', `"${options.ifVersion}"`);
    return {
      call: `${method} ${place}`,
      url: `${this.baseUrl}${place}${writeQuery(query)}`,
      init: { method, headers, body: body ? JSON.stringify(body) : null, redirect: 'manual' },
      timeoutMs: options.timeoutMs ?? this.#options.timeoutMs ?? defaultTimeoutMs,
      signal: options.signal,
      idempotencyKey,
    };
  }

  private async attempt(attempt: Attempt): Promise<unknown> {
    const { response, text } = await this.exchange(attempt);
    const { status, headers } = response;
    const answer = parseObject(text);
    if (response.ok && answer) return answer;
    const problem = isProblem(answer) ? answer : undefined;
    const retryAfterMs = readRetryAfter(headers.get('retry-after'), Date.now());
    throw new ApiError(attempt, status, problem, retryAfterMs, headers.get('x-request-id'));
  }

  private async exchange(attempt: Attempt): Promise<{ response: Response; text: string }> {
    const { url, init, timeoutMs, signal: given } = attempt;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = given ? AbortSignal.any([given, timeout]) : timeout;
    const send = this.#options.fetch ?? fetch;
    try {
      const response = await send(url, { ...init, signal });
      return { response, text: await response.text() };
    } catch (error) {
      given?.throwIfAborted();
      throw new ConnectionError(attempt, timeout.aborted, error);
    }
  }
}

/** Without a slash at its end. */
function addressOf(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('baseUrl is no http or https address');
  }
  const { origin, pathname } = url;
  return `${origin}${pathname.endsWith('/') ? pathname.slice(0, -1) : pathname}`;
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function isProblem(answer: object | undefined): answer is Problem {
  return answer !== undefined && 'code' in answer && typeof answer.code === 'string';
}
