import { randomUUID } from 'node:crypto';
import type { Credentials } from '../../apps/local/src/credentials.js';
import { checkAnswer } from './answer-check.js';

/** What a call needs of a system. */
export interface CallTarget {
  baseUrl: string;
  credentials: Credentials;
}

export interface CallOptions {
  /** The bearer key; the first partner's unless given, none for null. */
  key?: string | null;
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  /** For a POST a fresh one is sent unless given; none for null. */
  idempotencyKey?: string | null;
  timeoutMs?: number;
}

export interface Answer<Body> {
  status: number;
  headers: Headers;
  /** The parsed JSON; undefined when the answer is none. */
  body: Body;
  /** The answer byte for byte. */
  text: string;
}

/** One HTTP call to the api of a running system; every status is an answer, never an error. */
export async function call<Body = Record<string, unknown>>(
  target: CallTarget,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer<Body>> {
  const { body } = options;
  const response = await fetch(new URL(path, target.baseUrl), {
    method,
    headers: headersOf(target, method, options),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    redirect: 'manual',
    signal: AbortSignal.timeout(options.timeoutMs ?? 30_000),
  });
  const text = await response.text();
  const { status, headers: given } = response;
  const answer = { status, headers: given, body: parse(text, given) as Body, text };
  checkAnswer(method, path, answer);
  return answer;
}

function headersOf(target: CallTarget, method: string, options: CallOptions) {
  const { key = target.credentials.partner_api_key, body } = options;
  const { idempotencyKey = method === 'POST' ? randomUUID() : null } = options;
  return {
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
    ...options.headers,
  };
}

function parse(text: string, headers: Headers): unknown {
  if (!/[/+]json/.test(headers.get('content-type') ?? '')) return undefined;
  return JSON.parse(text);
}
