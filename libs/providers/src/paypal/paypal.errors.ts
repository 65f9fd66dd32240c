import { ProviderError } from '../port.js';
import type { ProviderErrorKind } from '../port.js';
import { isObject, retryAfterMs } from '../transport.js';
import type { Headers } from '../transport.js';

/** An answer that is one of PayPal's: a JSON object under a 2xx, or a published error under a 4xx. */
export interface PayPalAnswer {
  httpStatus: number;
  headers: Headers;
  json: Record<string, unknown>;
}

/** The first detail of an error. PayPal names one when a payment is refused. */
export function issueOf({ json }: PayPalAnswer): { issue: string; description: string } {
  const first: unknown = Array.isArray(json.details) ? json.details[0] : undefined;
  const detail = isObject(first) ? first : {};
  return {
    issue: text(detail.issue) ?? text(json.name) ?? text(json.error) ?? 'unknown',
    description: text(detail.description) ?? text(json.message) ?? '',
  };
}

/** 422s after which the payment may have been taken: by an earlier call, or by one that is under way. */
const unknownIssues = new Set([
  'DUPLICATE_INVOICE_ID',
  'DUPLICATE_REQUEST_ID',
  'ORDER_ALREADY_CAPTURED',
  'ORDER_ALREADY_COMPLETED',
  'ORDER_COMPLETION_IN_PROGRESS',
  'PREVIOUS_REQUEST_IN_PROGRESS',
]);

/** 422s about our own account. */
const accountIssues = new Set([
  'AUTH_CAPTURE_NOT_ENABLED',
  'NOT_ENABLED_FOR_CARD_PROCESSING',
  'PAYEE_ACCOUNT_INVALID',
  'PAYEE_ACCOUNT_LOCKED_OR_CLOSED',
  'PAYEE_ACCOUNT_RESTRICTED',
  'PAYEE_NOT_ENABLED_FOR_CARD_PROCESSING',
]);

const kindByStatus: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'rejected',
  401: 'misconfigured',
  403: 'misconfigured',
  422: 'rejected',
  429: 'throttled',
};

/**
 * What broke, in the port's words.
 *
 * - 400 and 422: refused before anything was done, but for the issues above.
 * - 403: every published reason is a permission or a consent that the account lacks.
 * - 404: PayPal publishes no 404 for a payment, and another account's order looks the same.
 * - 409: another call with this PayPal-Request-Id is under way.
 */
export function toProviderError(answer: PayPalAnswer): ProviderError {
  const { httpStatus, headers, json } = answer;
  const { issue } = issueOf(answer);
  const debugId = text(json.debug_id)?.slice(0, 40) ?? 'none';
  const message = `PayPal: HTTP ${httpStatus}, ${issue.slice(0, 100)}, debug id ${debugId}`;
  return new ProviderError(kindOf(httpStatus, issue), message, {
    code: issue.slice(0, 100),
    httpStatus,
    retryAfterMs: retryAfterMs(headers, Date.now()),
  });
}

function kindOf(httpStatus: number, issue: string): ProviderErrorKind {
  if (unknownIssues.has(issue)) return 'outcome_unknown';
  if (accountIssues.has(issue)) return 'misconfigured';
  return kindByStatus[httpStatus] ?? 'outcome_unknown';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
