import { errorNames, type IssueCode, issues } from './paypal.issues.js';
import type { WireObject } from './paypal.wire.js';

export interface Where {
  field?: string;
  value?: string;
  location?: 'body' | 'header' | 'path';
}

export interface Link {
  href: string;
  rel: string;
  method: 'GET' | 'POST' | 'PATCH';
}

interface Details {
  detail?: WireObject & { issue: string };
  links?: readonly Link[];
  /** An answer like any other: a replay gets it again. */
  kept?: boolean;
}

/** Thrown where PayPal would answer an error. */
export class PaypalError extends Error {
  override readonly name = 'PaypalError';

  constructor(
    readonly status: number,
    readonly details: Details = {},
  ) {
    super(details.detail?.issue ?? errorNames[status]?.name);
  }
}

/** Thrown where PayPal's OAuth endpoint or its token check would answer an error of theirs. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';

  constructor(
    readonly status: 400 | 401,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export function issue(
  code: IssueCode,
  where: Where = {},
  more: Pick<Details, 'links' | 'kept'> = {},
): PaypalError {
  const { status, says } = issues[code];
  const located = status === 400 ? { location: 'body', ...where } : where;
  return new PaypalError(status, {
    detail: { ...located, issue: code, description: says },
    ...more,
  });
}

/** The body holds what the specification does not publish: PayPal says the same as of one that is no JSON. */
export class UnknownFieldError extends PaypalError {
  constructor(readonly field: string) {
    const { status, details } = issue('MALFORMED_REQUEST_JSON', { field });
    super(status, details);
  }
}

/** An issue that PayPal does not publish, as it might publish tomorrow. */
export function unknownIssue(): PaypalError {
  const description = 'The moon refuses this request.';
  return new PaypalError(422, { detail: { issue: 'REFUSED_BY_THE_MOON', description } });
}

/** An error object as it goes over the wire. */
export function renderError(
  { status, details }: Pick<PaypalError, 'status' | 'details'>,
  debugId: string,
  path: string,
): WireObject {
  const { detail, links = [] } = details;
  const api = path.startsWith('/v2/payments') ? 'payments' : 'orders';
  const anchor = detail?.issue ?? errorNames[status]?.name;
  const href = `https://developer.paypal.com/docs/api/${api}/v2/#error-${anchor}`;
  return {
    ...errorNames[status],
    debug_id: debugId,
    ...(detail && { details: [detail] }),
    links: [{ href, rel: 'information_link', method: 'GET' }, ...links],
  };
}
