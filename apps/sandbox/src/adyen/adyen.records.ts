import type { Refusal } from './adyen.refusals.js';
import type { WireObject } from './adyen.wire.js';

/** What the sandbox keeps of an Adyen account. Rows are replaced, never changed; times are milliseconds. */
export type PaymentStatus =
  /** Waits for its payer. */
  | 'redirected'
  /** Its payer approved, and nothing is taken until the details are handed in. */
  | 'authenticated'
  | 'settling'
  | 'authorised'
  | 'refused'
  | 'cancelled';

export type MethodType = 'scheme' | 'ideal' | 'alipay' | 'bankTransfer_IBAN';

export interface Payment {
  /** The pspReference. */
  readonly id: string;
  readonly createdAt: number;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly reference: string;
  readonly status: PaymentStatus;
  readonly method: MethodType;
  readonly brand: string;
  /** The stored card's id, or the test value that came with a card: names the behaviour. */
  readonly token?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly returnUrl: string;
  readonly idempotencyKey?: string;
  readonly manualCapture: boolean;
  /** Minor units. */
  readonly captured: number;
  readonly refusal?: Refusal;
  /** The payer's page, and what it hands to the payer to bring back. */
  readonly page?: { readonly secret: string; readonly redirectResult: string };
  /** Whether the merchant handed in what the payer brought back. */
  readonly detailsGiven?: boolean;
  /** A change that comes by itself. */
  readonly due?: { readonly at: number; readonly outcome: 'authorise' | 'refuse' };
}

/** A webhook yet to come about a modification or a dispute. */
export interface Step {
  readonly at: number;
  readonly eventCode: string;
  readonly success: boolean;
  readonly reason: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** What was asked about a payment, or happened to it, under a pspReference of its own. */
export interface Modification {
  readonly id: string;
  readonly kind: 'refund' | 'cancel' | 'capture' | 'dispute';
  /** Absent for a cancel by a reference that no payment has. */
  readonly paymentId?: string;
  readonly createdAt: number;
  readonly amount: number;
  readonly currency: string;
  /** What webhooks call merchantReference: the modification's own, or else the payment's. */
  readonly reference: string;
  readonly idempotencyKey?: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** Of a refund: the money is on its way back, or there. */
  readonly holdsMoney: boolean;
  /** Of a dispute: how it ends, once that is decided. */
  readonly outcome?: 'won' | 'lost';
  readonly steps: readonly Step[];
}

/** The first answer to an idempotency key. */
export interface StoredAnswer {
  /** The key: it is unique in the company account, whatever the endpoint. */
  readonly id: string;
  readonly fingerprint: string;
  readonly status: number;
  readonly body: WireObject;
}
