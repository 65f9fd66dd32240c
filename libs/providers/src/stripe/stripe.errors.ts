import { ProviderError } from '../port.js';
import type { ProviderErrorKind } from '../port.js';
import { retryAfterMs } from '../transport.js';
import { isDeclineCode } from './stripe.declines.js';
import { isMappedErrorCode, unsettledCodes } from './stripe.error-codes.js';

/** The fields of the SDK's errors that we read; the SDK itself is loaded lazily. */
export interface StripeErrorFields {
  statusCode?: number;
  rawType?: string;
  code?: string;
  decline_code?: string;
  advice_code?: string;
  param?: string;
  message?: string;
  headers?: Record<string, string>;
  payment_intent?: unknown;
  detail?: unknown;
}

/**
 * What broke, in the port's words. The error itself is not kept as a cause: it can hold the payer's data.
 *
 * - 429: Stripe's rate limiter turns calls away before their idempotency keys are looked at: `throttled`. A
 *   `lock_timeout` comes from inside a call, so it may have been done.
 * - 409: another call with this key is under way.
 * - 400 `idempotency_error`: the key was used with other parameters, and that call may have been done.
 * - 404 and other 400: refused before anything was done. A code that is in no table of ours is `unmapped`.
 */
export function toProviderError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  const fields = stripeErrorFields(error);
  if (fields.detail instanceof ProviderError) return fields.detail;
  const kind = kindOf(fields);
  const code = (fields.code ?? fields.rawType)?.slice(0, 100);
  const parameter = fields.param ? `, parameter ${fields.param}` : '';
  const status = fields.statusCode ? `HTTP ${fields.statusCode}` : 'no usable answer';
  return new ProviderError(kind, `Stripe: ${status}, ${code ?? 'no code'}${parameter}`, {
    code,
    unmapped: kind === 'rejected' && !isMapped(code) ? code : undefined,
    httpStatus: fields.statusCode,
    retryAfterMs: retryAfterMs(fields.headers, Date.now()),
  });
}

export function stripeErrorFields(error: unknown): StripeErrorFields {
  return typeof error === 'object' && error !== null ? error : {};
}

const kindByStatus: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'rejected',
  401: 'misconfigured',
  402: 'rejected',
  403: 'misconfigured',
  404: 'rejected',
  429: 'throttled',
};

function kindOf({ statusCode, rawType, code }: StripeErrorFields): ProviderErrorKind {
  if (unsettledCodes.has(rawType ?? '') || unsettledCodes.has(code ?? '')) return 'outcome_unknown';
  if (code === 'rate_limit') return 'throttled';
  return (statusCode && kindByStatus[statusCode]) || 'outcome_unknown';
}

/** A decline at a refund, say, is a refused call, and known all the same. */
function isMapped(code: string | undefined): boolean {
  return code === undefined || isMappedErrorCode(code) || isDeclineCode(code);
}
