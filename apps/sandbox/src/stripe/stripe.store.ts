import type { Identifiers } from '../identifiers.js';
import type { Journal } from '../journal.js';
import { Table } from '../table.js';
import type { StoredAnswer } from './stripe.answers.js';
import type { Charge, Dispute, Payment, Refund } from './stripe.records.js';

/** The state of one Stripe account. */
export class StripeStore {
  readonly payments: Table<Payment>;
  readonly charges: Table<Charge>;
  readonly refunds: Table<Refund>;
  readonly disputes: Table<Dispute>;
  readonly answers: Table<StoredAnswer>;
  private readonly paymentsByTransaction = new Map<string, string[]>();
  private readonly refundsByPayment = new Map<string, string[]>();
  private readonly chargesByPayment = new Map<string, string[]>();

  /** @param topic what the names of this account's tables begin with */
  constructor(journal: Journal, identifiers: Identifiers, topic = 'stripe') {
    this.payments = new Table(journal, `${topic}.payment`, (payment) => {
      identifiers.resumeAfter(payment.id);
      const transactionId = payment.metadata['transaction_id'];
      if (transactionId !== undefined)
        remember(this.paymentsByTransaction, transactionId, payment.id);
    });
    this.charges = new Table(journal, `${topic}.charge`, (charge) => {
      identifiers.resumeAfter(charge.id);
      remember(this.chargesByPayment, charge.paymentId, charge.id);
    });
    this.refunds = new Table(journal, `${topic}.refund`, (refund) => {
      identifiers.resumeAfter(refund.id);
      remember(this.refundsByPayment, refund.paymentId, refund.id);
    });
    this.disputes = new Table(journal, `${topic}.dispute`, ({ id }) => {
      identifiers.resumeAfter(id);
    });
    this.answers = new Table(journal, `${topic}.answer`);
  }

  paymentsOfTransaction(transactionId: string): Payment[] {
    return this.rows(this.paymentsByTransaction, transactionId, this.payments);
  }

  chargesOf(paymentId: string): Charge[] {
    return this.rows(this.chargesByPayment, paymentId, this.charges);
  }

  /** Whether the payer took the money back, at least for now. */
  isChargedBack(chargeId: string): boolean {
    return [...this.disputes.values()].some(
      (dispute) => dispute.chargeId === chargeId && dispute.status === 'needs_response',
    );
  }

  refundsOf(paymentId: string): Refund[] {
    return this.rows(this.refundsByPayment, paymentId, this.refunds);
  }

  private rows<Row extends { readonly id: string }>(
    index: ReadonlyMap<string, readonly string[]>,
    key: string,
    table: Table<Row>,
  ): Row[] {
    const ids = index.get(key) ?? [];
    return ids.map((id) => table.get(id)).filter((row) => row !== undefined);
  }
}

function remember(index: Map<string, string[]>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids) ids.push(id);
  else index.set(key, [id]);
}
