import type { Money } from './paypal.currencies.js';

/** What the sandbox keeps of PayPal's objects. Rows are replaced, never changed; times are milliseconds. */
export interface Instrument {
  readonly kind: 'card' | 'paypal';
  /** The vault id or billing agreement that was given. */
  readonly token?: string;
  readonly cardName?: string;
  readonly lastDigits?: string;
}

export interface Order {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly status: 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED';
  readonly amount: Money;
  readonly referenceId: string;
  readonly customId?: string;
  readonly invoiceId?: string;
  readonly description?: string;
  readonly softDescriptor?: string;
  readonly instrument?: Instrument;
  readonly returnUrl?: string;
  readonly cancelUrl?: string;
  /** Set once the payer approved. */
  readonly payerId?: string;
  readonly requestId?: string;
}

export interface Capture {
  readonly id: string;
  readonly orderId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly amount: Money;
  /** `FAILED` is an attempt that PayPal answers with an error; nobody gets to see it but the ledger. */
  readonly status: 'COMPLETED' | 'PENDING' | 'DECLINED' | 'FAILED';
  readonly responseCode?: string;
  readonly refundedMinor: number;
  /** A change that comes by itself. */
  readonly due?: {
    readonly at: number;
    readonly outcome: 'complete' | 'deny' | 'pay_again' | 'reverse';
  };
}

export interface Refund {
  readonly id: string;
  readonly captureId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly amount: Money;
  readonly status: 'PENDING' | 'COMPLETED' | 'FAILED';
  readonly invoiceId?: string;
  readonly customId?: string;
  readonly note?: string;
  readonly requestId?: string;
  /** Taken back by the payer's bank, not given by the merchant. */
  readonly reversal?: boolean;
  /** What the payer had got back with this one, in minor units. */
  readonly totalMinor: number;
  readonly due?: { readonly at: number; readonly status: 'COMPLETED' | 'FAILED' };
}

export interface Dispute {
  readonly id: string;
  readonly captureId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Absent for the whole capture. */
  readonly amount?: Money;
  readonly status: 'ANNOUNCED' | 'OPEN' | 'RESOLVED';
  /** How it ends, once that is decided. */
  readonly outcome?: 'won' | 'lost';
  readonly due?: { readonly at: number };
}

export interface AccessToken {
  readonly id: string;
  readonly clientId: string;
  readonly expiresAt: number;
}
