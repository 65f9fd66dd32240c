import { ProviderError } from '../port.js';
import { parseJsonObject, retryAfterMs, Transport } from '../transport.js';
import type { HttpAnswer, HttpCall } from '../transport.js';
import type { PayPalAnswer } from './paypal.errors.js';
import type { PayPalSettings } from './paypal.settings.js';
import { PayPalTokens } from './paypal.tokens.js';

/** A call without its authorisation. */
type BareCall = Pick<HttpCall, 'method' | 'path' | 'body'> & { requestId?: string };

/** PayPal's REST API: JSON, an access token, one time limit over all calls of an operation. */
export class PayPalClient {
  private readonly transport: Transport;
  private readonly tokens: PayPalTokens;

  constructor(
    settings: PayPalSettings,
    private readonly timeoutMs: number,
  ) {
    this.transport = new Transport('PayPal', settings.apiUrl.origin);
    this.tokens = new PayPalTokens(settings, this.transport, timeoutMs);
  }

  /** When an operation that begins now must be over, in milliseconds. */
  deadline(): number {
    return Date.now() + this.timeoutMs;
  }

  get(path: string, deadlineMs: number): Promise<PayPalAnswer> {
    return this.send({ method: 'GET', path }, deadlineMs);
  }

  /**
   * @param requestId PayPal-Request-Id: what makes a repeated call the same call
   */
  post(path: string, requestId: string, body: object, deadlineMs: number): Promise<PayPalAnswer> {
    const call = { method: 'POST', path, requestId, body: JSON.stringify(body) } as const;
    return this.send(call, deadlineMs);
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private async send(call: BareCall, deadlineMs: number): Promise<PayPalAnswer> {
    const token = await this.tokens.get();
    const answer = await this.sendWith(token, call, deadlineMs);
    if (answer.httpStatus !== 401) return usable(answer);
    this.tokens.drop(token);
    return usable(await this.sendWith(await this.tokens.get(), call, deadlineMs));
  }

  private sendWith(token: string, call: BareCall, deadlineMs: number): Promise<HttpAnswer> {
    const { method, path, body, requestId } = call;
    const leftMs = deadlineMs - Date.now();
    if (leftMs <= 0) throw new ProviderError('unreachable', 'PayPal was too slow to be called');
    const headers = {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      prefer: 'return=representation',
      ...(requestId ? { 'paypal-request-id': requestId } : {}),
    };
    return this.transport.send({ method, path, body, headers }, leftMs);
  }
}

/** A 401 and a 429 are turned away by status alone, whoever wrote them. */
function usable({ httpStatus, headers, body }: HttpAnswer): PayPalAnswer {
  const json = parseJsonObject(body);
  const isSuccess = httpStatus >= 200 && httpStatus < 300 && json;
  const isError = httpStatus >= 400 && httpStatus < 500 && typeof json?.name === 'string';
  if (isSuccess || isError) return { httpStatus, headers, json: json ?? {} };
  if (httpStatus === 401 || httpStatus === 429) return { httpStatus, headers, json: json ?? {} };
  throw new ProviderError('outcome_unknown', `PayPal gave no usable answer (HTTP ${httpStatus})`, {
    httpStatus,
    retryAfterMs: retryAfterMs(headers, Date.now()),
  });
}
