import { ProviderError } from '../port.js';
import type { ProviderErrorKind } from '../port.js';
import { parseJsonObject, retryAfterMs } from '../transport.js';
import type { HttpAnswer } from '../transport.js';
import { accountCodes, isMappedErrorCode, unsettledCodes } from './adyen.error-codes.js';
import { declineOfError } from './adyen.refusals.js';

const kindByStatus: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'rejected',
  401: 'misconfigured',
  403: 'misconfigured',
  404: 'rejected',
  422: 'rejected',
};

/**
 * The body of an answer that says what was done.
 *
 * Only a 4xx in Adyen's own form says that nothing was done; a 429 says so in any form. What its code means may be in
 * no table of ours: it is `unmapped` then. Adyen's message is not repeated: it can hold what the payer typed (docs.adyen.com/development-resources/error-codes).
 *
 * @throws ProviderError for every other answer
 */
export function usableBody(answer: HttpAnswer): string {
  const { httpStatus, headers, body } = answer;
  const json = parseJsonObject(body);
  if (httpStatus >= 200 && httpStatus < 300 && json) return body.toString('utf8');
  const code = text(json?.errorCode);
  const kind = kindOf(httpStatus, code, json?.errorType !== undefined);
  throw new ProviderError(kind, `Adyen: HTTP ${httpStatus}, ${code ?? 'no code'}`, {
    code,
    unmapped: kind === 'rejected' && !isMapped(code) ? code : undefined,
    httpStatus,
    retryAfterMs: retryAfterMs(headers, Date.now()),
  });
}

function kindOf(
  httpStatus: number,
  code: string | undefined,
  isAdyens: boolean,
): ProviderErrorKind {
  if (httpStatus === 429) return 'throttled';
  if (unsettledCodes.has(code ?? '') || !isAdyens) return 'outcome_unknown';
  if (accountCodes.has(code ?? '')) return 'misconfigured';
  return kindByStatus[httpStatus] ?? 'outcome_unknown';
}

function isMapped(code: string | undefined): boolean {
  return code === undefined || isMappedErrorCode(code) || declineOfError(code) !== undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 100) : undefined;
}
