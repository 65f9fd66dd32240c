/** Why an attempt brought no whole answer. */
export const deliveryFailures = [
  // The URL as it stands today: not https, a port or a password that is not allowed.
  'url_refused',
  // The host is, or leads to, an address that is not public.
  'address_refused',
  'dns',
  'connect',
  // The certificate does not prove the host, or no encryption was agreed on.
  'tls',
  'timeout',
  // The connection broke after it stood.
  'reset',
  'answer_too_large',
  // What came back is not HTTP.
  'answer_malformed',
  // Nothing was sent: what it is made of is sealed with a key that is missing here.
  'unreadable',
] as const;

export type DeliveryFailure = (typeof deliveryFailures)[number];

/** A whole answer, of whatever status. */
export interface AnsweredDelivery {
  kind: 'answered';
  httpStatus: number;
  durationMs: number;
  /** The first 1024 bytes of it as text, free of control characters. At most 1024 characters. */
  answer: string;
  /** What a `Retry-After` header asks for. */
  retryAfterMs: number | null;
}

export interface FailedDelivery {
  kind: 'failed';
  reason: DeliveryFailure;
  durationMs: number;
}

/** What came of one attempt. */
export type DeliveryOutcome = AnsweredDelivery | FailedDelivery;

/** As metrics call it: `2xx`, or why there was no answer. */
export function outcomeLabel(outcome: DeliveryOutcome): string {
  return outcome.kind === 'failed' ? outcome.reason : `${Math.floor(outcome.httpStatus / 100)}xx`;
}
