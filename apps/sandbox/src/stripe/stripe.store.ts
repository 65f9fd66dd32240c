import type { Identifiers } from '../identifiers.js';
import type { Journal } from '../journal.js';
import { Table } from '../table.js';
import type { StoredAnswer } from './stripe.answers.js';
import type { Charge, Payment, Refund } from './stripe.records.js';

/** The state of the sandbox's Stripe account. */
export class StripeStore {
  readonly payments: Table<Payment>;
  readonly charges: Table<Charge>;
  readonly refunds: Table<Refund>;
  readonly answers: Table<StoredAnswer>;
  private readonly paymentsByTransaction = new Map<string, string[]>();
  private readonly refundsByPayment = new Map<string, string[]>();
  private readonly chargesByPayment = new Map<string, string[]>();

  constructor(journal: Journal, identifiers: Identifiers) {
    this.payments = new Table(journal, 'stripe.payment', (payment) => {
      identifiers.resumeAfter(payment.id);
      const transactionId = payment.metadata['transaction_id'];
      if (transactionId !== undefined)
        remember(this.paymentsByTransaction, transactionId, payment.id);
    });
    this.charges = new Table(journal, 'stripe.charge', (charge) => {
      identifiers.resumeAfter(charge.id);
      remember(this.chargesByPayment, charge.paymentId, charge.id);
    });
    this.refunds = new Table(journal, 'stripe.refund', (refund) => {
      identifiers.resumeAfter(refund.id);
      remember(this.refundsByPayment, refund.paymentId, refund.id);
    });
    this.answers = new Table(journal, 'stripe.answer');
  }

  paymentsOfTransaction(transactionId: string): Payment[] {
    return this.rows(this.paymentsByTransaction, transactionId, this.payments);
  }

  chargesOf(paymentId: string): Charge[] {
    return this.rows(this.chargesByPayment, paymentId, this.charges);
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
