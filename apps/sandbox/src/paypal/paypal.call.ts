import type { Fault } from '../faults.js';
import type { PaypalError } from './paypal.errors.js';
import type { Happening } from './paypal.events.js';

/** What the call brought along. */
export interface Call {
  requestId?: string;
  fault: Fault;
  /** Collects what the webhooks will tell. */
  happenings: Happening[];
}

/** What a call led to: the object whose latest state a replay shows, or the error that it gets again. */
export type Outcome =
  | { readonly kind: 'order' | 'refund'; readonly id: string }
  | { readonly kind: 'error'; readonly error: Pick<PaypalError, 'status' | 'details'> };

export interface StoredAnswer {
  /** The client, the path and the request id. */
  readonly id: string;
  readonly createdAt: number;
  readonly outcome: Outcome;
}
