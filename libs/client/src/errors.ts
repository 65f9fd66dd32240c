import type { Problem } from './models.js';

/** What is known of a call that failed. */
export interface FailedCall {
  /** As in `POST /v1/transactions`. */
  call: string;
  /** The key that every attempt had. */
  idempotencyKey: string | undefined;
}

/** The API answered, and not with what was asked for. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** What went wrong, as in `refund_exceeds_amount`; `undefined` when the answer came from something in between. */
  readonly code: Problem['code'] | undefined;
  /** Finds the request in the logs of the API. */
  readonly requestId: string | undefined;
  /** Each parameter that was refused. */
  readonly errors: NonNullable<Problem['errors']>;
  /** The same call with this key never moves money twice. */
  readonly idempotencyKey: string | undefined;

  constructor(
    { call, idempotencyKey }: FailedCall,
    /** The HTTP status. */
    readonly status: number,
    /** The whole problem document, if the answer was one. */
    readonly problem: Problem | undefined,
    /** How long the API asks to wait. */
    readonly retryAfterMs: number | undefined,
    requestId?: string | null,
  ) {
    const { code, detail, errors = [] } = problem ?? {};
    const id = problem?.request_id ?? requestId ?? undefined;
    const what = problem ? `${code}: ${detail}` : 'no answer of the API';
    super(`${call} answered ${status} ${what}${id ? ` (request ${id})` : ''}`);
    this.code = code;
    this.requestId = id;
    this.errors = errors;
    this.idempotencyKey = idempotencyKey;
  }
}

/** No answer came, or none in time: what became of the request is unknown. Call again with the same key to find out. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** The same call with this key never moves money twice. */
  readonly idempotencyKey: string | undefined;

  constructor(
    { call, idempotencyKey }: FailedCall,
    /** Whether the time was over. */
    readonly isTimeout: boolean,
    cause: unknown,
  ) {
    super(`${call} got no answer${isTimeout ? ' in time' : ''}`, { cause });
    this.idempotencyKey = idempotencyKey;
  }
}
