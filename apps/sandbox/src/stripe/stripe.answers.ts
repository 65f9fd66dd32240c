import type { ErrorFields } from './stripe.errors.js';
import type { Charge, Payment, Refund } from './stripe.records.js';

/** An answer as the objects that it shows, frozen at the time of answering. */
export interface Answer {
  readonly status: number;
  readonly body:
    | { readonly kind: 'payment_intent'; readonly payment: Payment; readonly charge?: Charge }
    | {
        readonly kind: 'refund';
        readonly refund: Refund;
        readonly payment?: Payment;
        readonly charge?: Charge;
      }
    | { readonly kind: 'charge'; readonly charge: Charge }
    | { readonly kind: 'error'; readonly fields: ErrorFields; readonly payment?: Payment };
}

/** The first answer to an idempotency key: the objects as they were then, rendered again for a replay. */
export interface StoredAnswer {
  /** The account's key and the idempotency key. */
  readonly id: string;
  readonly fingerprint: string;
  readonly requestId: string;
  readonly createdAt: number;
  readonly answer: Answer;
}
