import { randomUUID } from 'node:crypto';

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
  /** The answer byte for byte. */
  text: string;
}

/** The fields of a transaction that the demo looks at. */
export interface Transaction {
  id: string;
  status: string;
  amount: string;
  currency: string;
  amount_refundable: string;
  error_code: string | null;
  decline_code: string | null;
  error_message: string | null;
  provider: string;
  next_action: { url: string } | null;
}

/** One call of a provider for a payment, and whether its outcome is known. */
export interface Attempt {
  provider: string;
  status: string;
  certainty: string;
}

export interface Refund {
  id: string;
  status: string;
  amount: string;
}

export interface TimelineEvent {
  event_type: string;
  status: string | null;
  sequence?: number;
  created_at: string;
}

export interface Problem {
  code: string;
  detail?: string;
  mismatched_fields?: string[];
}

const timeoutMs = 30_000;

/** Calls the api with one key. Every status is an answer; only a missing one is an error. */
export class ApiClient {
  constructor(
    private readonly baseUrl: string,
    private readonly apiKey: string,
  ) {}

  get<Body>(path: string): Promise<Answer<Body>> {
    return this.send<Body>('GET', path);
  }

  post<Body>(path: string, body: object, idempotencyKey: string = randomUUID()) {
    return this.send<Body>('POST', path, body, { 'idempotency-key': idempotencyKey });
  }

  private async send<Body>(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.apiKey}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      body: body ? JSON.stringify(body) : null,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parse(text) as Body, text };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
