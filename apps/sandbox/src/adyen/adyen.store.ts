import type { Identifiers } from '../identifiers.js';
import type { Journal } from '../journal.js';
import { Table } from '../table.js';
import type { Modification, Payment, StoredAnswer } from './adyen.records.js';

/** The state of one Adyen account. */
export class AdyenStore {
  readonly payments: Table<Payment>;
  readonly modifications: Table<Modification>;
  readonly answers: Table<StoredAnswer>;
  private readonly byTransaction = new Map<string, string[]>();
  private readonly byReference = new Map<string, string[]>();
  private readonly bySecret = new Map<string, string>();
  private readonly modificationsByPayment = new Map<string, string[]>();

  /** @param topic what the names of this account's tables begin with */
  constructor(journal: Journal, identifiers: Identifiers, topic = 'adyen') {
    this.payments = new Table(journal, `${topic}.payment`, (payment) => {
      identifiers.resumeAfter(payment.id);
      const transactionId = payment.metadata['transaction_id'];
      if (transactionId !== undefined) remember(this.byTransaction, transactionId, payment.id);
      remember(this.byReference, payment.reference, payment.id);
      for (const secret of Object.values(payment.page ?? {})) this.bySecret.set(secret, payment.id);
    });
    this.modifications = new Table(journal, `${topic}.modification`, ({ id, paymentId }) => {
      identifiers.resumeAfter(id);
      if (paymentId !== undefined) remember(this.modificationsByPayment, paymentId, id);
    });
    this.answers = new Table(journal, `${topic}.answer`);
  }

  paymentsOfTransaction(transactionId: string): Payment[] {
    return found(this.byTransaction.get(transactionId), this.payments);
  }

  /** The newest payment with a merchant's reference. */
  paymentByReference(reference: string): Payment | undefined {
    return found(this.byReference.get(reference), this.payments).at(-1);
  }

  paymentByPage(secret: string): Payment | undefined {
    const payment = this.paymentBySecret(secret);
    return payment?.page?.secret === secret ? payment : undefined;
  }

  paymentByRedirectResult(redirectResult: string): Payment | undefined {
    const payment = this.paymentBySecret(redirectResult);
    return payment?.page?.redirectResult === redirectResult ? payment : undefined;
  }

  refundsOf(paymentId: string): Modification[] {
    const all = found(this.modificationsByPayment.get(paymentId), this.modifications);
    return all.filter(({ kind }) => kind === 'refund');
  }

  /** Minor units given back or on their way back. */
  refundedOf(paymentId: string): number {
    return this.refundsOf(paymentId)
      .filter(({ holdsMoney }) => holdsMoney)
      .reduce((sum, { amount }) => sum + amount, 0);
  }

  private paymentBySecret(secret: string): Payment | undefined {
    return this.payments.get(this.bySecret.get(secret) ?? '');
  }
}

function found<Row extends { readonly id: string }>(
  ids: readonly string[] | undefined,
  table: Table<Row>,
): Row[] {
  return (ids ?? []).map((id) => table.get(id)).filter((row) => row !== undefined);
}

function remember(index: Map<string, string[]>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids) ids.push(id);
  else index.set(key, [id]);
}
