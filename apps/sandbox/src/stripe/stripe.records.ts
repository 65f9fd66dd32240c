/** What the sandbox keeps of Stripe's objects. Rows are replaced, never changed; times are milliseconds. */
export type PaymentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'succeeded'
  | 'canceled';

export interface Instrument {
  readonly id: string;
  /** The magic value that it was made from. */
  readonly token: string;
  readonly createdAt: number;
}

export interface Failure {
  readonly code: string;
  readonly declineCode?: string;
  readonly message: string;
  readonly type: 'card_error' | 'invalid_request_error';
}

export interface Payment {
  readonly id: string;
  readonly createdAt: number;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly status: PaymentStatus;
  readonly metadata: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly receiptEmail?: string;
  readonly returnUrl?: string;
  readonly clientSecret: string;
  readonly allowedMethodTypes?: readonly string[];
  readonly allowRedirects: 'always' | 'never';
  readonly instrument?: Instrument;
  /** What the payer accepted for a debit. */
  readonly mandateId?: string;
  readonly idempotencyKey?: string;
  readonly latestChargeId?: string;
  readonly lastFailure?: {
    readonly failure: Failure;
    readonly chargeId?: string;
    readonly instrument: Instrument;
  };
  readonly canceledAt?: number;
  readonly cancellationReason?: string;
  /** A change that comes by itself. */
  readonly due?: { readonly at: number; readonly outcome: 'succeed' | 'fail' };
  /** Where a payer's page is served, while one is open. */
  readonly pageUrl?: string;
}

export interface Charge {
  readonly id: string;
  readonly paymentId: string;
  readonly createdAt: number;
  readonly amount: number;
  readonly amountRefunded: number;
  readonly currency: string;
  readonly status: 'succeeded' | 'pending' | 'failed';
  readonly failure?: Failure;
  readonly instrument: Instrument;
  readonly mandateId?: string;
  readonly disputed?: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly receiptEmail?: string;
  readonly idempotencyKey?: string;
}

export interface Refund {
  readonly id: string;
  readonly paymentId: string;
  readonly chargeId: string;
  readonly createdAt: number;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly reason?: string;
  readonly failureReason?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
  readonly due?: { readonly at: number; readonly status: 'succeeded' | 'failed' };
}

export type DisputeStatus = 'needs_response' | 'warning_needs_response' | 'won' | 'lost';

export interface Dispute {
  readonly id: string;
  readonly paymentId: string;
  readonly chargeId: string;
  readonly createdAt: number;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  /** Absent until the payer disputes. */
  readonly status?: DisputeStatus;
  readonly due?: { readonly at: number; readonly status: DisputeStatus };
}
