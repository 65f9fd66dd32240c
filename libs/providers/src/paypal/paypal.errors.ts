import { ProviderError } from '../port.js';
import type { ProviderErrorKind } from '../port.js';
import { isObject, retryAfterMs } from '../transport.js';
import type { Headers } from '../transport.js';
import { isDeclineIssue } from './paypal.declines.js';
import { accountIssues, isMappedIssue, unsettledIssues } from './paypal.issues.js';

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
 * - 400 and 422: refused before anything was done, but for the issues that say otherwise. One that is in no table is
 *   `unmapped`.
 * - 403: every published reason is a permission or a consent that the account lacks.
 * - 404: PayPal publishes no 404 for a payment, and another account's order looks the same.
 * - 409: another call with this PayPal-Request-Id is under way.
 */
export function toProviderError(answer: PayPalAnswer): ProviderError {
  const { httpStatus, headers, json } = answer;
  const { issue, description } = issueOf(answer);
  const code = issue.slice(0, 100);
  const kind = kindOf(httpStatus, issue);
  const said = description === '' ? code : `${code} (${description.slice(0, 300)})`;
  const debugId = text(json.debug_id)?.slice(0, 40) ?? 'none';
  return new ProviderError(kind, `PayPal: HTTP ${httpStatus}, ${said}, debug id ${debugId}`, {
    code,
    unmapped: kind === 'rejected' && !isMapped(issue) ? code : undefined,
    httpStatus,
    retryAfterMs: retryAfterMs(headers, Date.now()),
  });
}

function kindOf(httpStatus: number, issue: string): ProviderErrorKind {
  if (unsettledIssues.has(issue)) return 'outcome_unknown';
  if (accountIssues.has(issue)) return 'misconfigured';
  return kindByStatus[httpStatus] ?? 'outcome_unknown';
}

/** A decline at a refund, say, is a refused call, and known all the same. */
function isMapped(issue: string): boolean {
  return isMappedIssue(issue) || isDeclineIssue(issue);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
