import type { Identifiers } from '../identifiers.js';
import type { Journal } from '../journal.js';
import { Table } from '../table.js';
import type { StoredAnswer } from './paypal.call.js';
import type { AccessToken, Capture, Dispute, Order, Refund } from './paypal.records.js';

/** The state of one PayPal account. */
export class PaypalStore {
  readonly orders: Table<Order>;
  readonly captures: Table<Capture>;
  readonly refunds: Table<Refund>;
  readonly disputes: Table<Dispute>;
  readonly answers: Table<StoredAnswer>;
  readonly tokens: Table<AccessToken>;
  private readonly ordersByTransaction = new Map<string, string[]>();
  private readonly capturesByOrder = new Map<string, string[]>();
  private readonly ordersByInvoice = new Map<string, string[]>();
  private readonly refundsByCapture = new Map<string, string[]>();
  private readonly refundsByInvoice = new Map<string, string[]>();

  /** @param topic what the names of this account's tables begin with */
  constructor(journal: Journal, identifiers: Identifiers, topic = 'paypal') {
    const resume = ({ id }: { id: string }): void => identifiers.resumeAfter(id);
    this.orders = new Table(journal, `${topic}.order`, (order) => {
      resume(order);
      remember(this.ordersByTransaction, order.customId, order.id);
      remember(this.ordersByInvoice, order.invoiceId, order.id);
    });
    this.captures = new Table(journal, `${topic}.capture`, (capture) => {
      resume(capture);
      remember(this.capturesByOrder, capture.orderId, capture.id);
    });
    this.refunds = new Table(journal, `${topic}.refund`, (refund) => {
      resume(refund);
      remember(this.refundsByCapture, refund.captureId, refund.id);
      remember(this.refundsByInvoice, refund.invoiceId, refund.id);
    });
    this.disputes = new Table<Dispute>(journal, `${topic}.dispute`, resume);
    this.answers = new Table(journal, `${topic}.answer`);
    this.tokens = new Table<AccessToken>(journal, `${topic}.token`, resume);
  }

  ordersOfTransaction(transactionId: string): Order[] {
    return rows(this.ordersByTransaction, transactionId, this.orders);
  }

  capturesOf(orderId: string): Capture[] {
    return rows(this.capturesByOrder, orderId, this.captures);
  }

  refundsOf(captureId: string): Refund[] {
    return rows(this.refundsByCapture, captureId, this.refunds);
  }

  /** Whether a payment with this invoice id went through or may still do so. */
  isInvoicePaid(invoiceId: string | undefined): boolean {
    if (invoiceId === undefined) return false;
    return rows(this.ordersByInvoice, invoiceId, this.orders)
      .flatMap(({ id }) => this.capturesOf(id))
      .some(({ status }) => status === 'COMPLETED' || status === 'PENDING');
  }

  isInvoiceRefunded(invoiceId: string | undefined): boolean {
    return (
      invoiceId !== undefined && rows(this.refundsByInvoice, invoiceId, this.refunds).length > 0
    );
  }

  orderOf({ orderId }: Capture): Order {
    return this.orders.get(orderId) as Order;
  }

  captureOf({ captureId }: Refund | Dispute): Capture {
    return this.captures.get(captureId) as Capture;
  }
}

function rows<Row extends { readonly id: string }>(
  index: ReadonlyMap<string, readonly string[]>,
  key: string,
  table: Table<Row>,
): Row[] {
  const ids = index.get(key) ?? [];
  return ids.map((id) => table.get(id)).filter((row) => row !== undefined);
}

function remember(index: Map<string, string[]>, key: string | undefined, id: string): void {
  if (key === undefined) return;
  const ids = index.get(key);
  if (ids) ids.push(id);
  else index.set(key, [id]);
}
