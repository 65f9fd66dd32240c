import type {
  Cancellation,
  EventPage,
  ExpandedTransaction,
  NewTransaction,
  RefundPage,
  Transaction,
  TransactionFilters,
  TransactionPage,
  TransactionRefundFilters,
} from './models.js';
import { type Listed, listed } from './pages.js';
import type { CallOptions, Transport, WriteOptions } from './transport.js';

/** What `transactions.get` shows beside the payment. */
export type Expansion = 'attempts' | 'events' | 'refunds';

/** What `transactions.get` can be told beside. */
export interface GetTransactionOptions extends CallOptions {
  expand?: readonly Expansion[] | undefined;
}

/** Payments. */
export class Transactions {
  constructor(private readonly transport: Transport) {}

  /** Makes a payment. It may be declined or still be open: its `status` says what became of the money. */
  create(body: NewTransaction, options?: WriteOptions): Promise<Transaction> {
    return this.transport.send('createTransaction', { body }, options);
  }

  get(
    id: string,
    { expand, ...options }: GetTransactionOptions = {},
  ): Promise<ExpandedTransaction> {
    const query = expand && { expand: expand.join(',') };
    return this.transport.send('getTransaction', { id, query }, options);
  }

  /** The newest first. */
  list(query?: TransactionFilters, options?: CallOptions): Listed<TransactionPage> {
    return listed((further) =>
      this.transport.send('listTransactions', { query: { ...query, ...further } }, options),
    );
  }

  /** Sends a payment that was made with `confirm: false` to its provider. */
  confirm(id: string, options?: WriteOptions): Promise<Transaction> {
    return this.transport.send('confirmTransaction', { id }, options);
  }

  /** Gives up a payment that is not completed: one that is `processing` at its provider, if that still lets us. */
  cancel(id: string, body: Cancellation, options?: WriteOptions): Promise<Transaction> {
    return this.transport.send('cancelTransaction', { id, body }, options);
  }

  /** What happened to a payment, first to last. */
  listEvents(id: string, options?: CallOptions): Listed<EventPage> {
    return listed(() => this.transport.send('listTransactionEvents', { id }, options));
  }

  /** The refunds of a payment, the newest first. */
  listRefunds(
    id: string,
    query?: TransactionRefundFilters,
    options?: CallOptions,
  ): Listed<RefundPage> {
    return listed((further) =>
      this.transport.send(
        'listTransactionRefunds',
        { id, query: { ...query, ...further } },
        options,
      ),
    );
  }
}
