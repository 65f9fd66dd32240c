import type { NewRefund, Refund, RefundFilters, RefundPage } from './models.js';
import { type Listed, listed } from './pages.js';
import type { CallOptions, Transport, WriteOptions } from './transport.js';

/** Money on its way back. */
export class Refunds {
  constructor(private readonly transport: Transport) {}

  /** Pays back a part of a payment, or all that is left when no amount is given. */
  create(transactionId: string, body: NewRefund, options?: WriteOptions): Promise<Refund> {
    return this.transport.send('createRefund', { id: transactionId, body }, options);
  }

  get(id: string, options?: CallOptions): Promise<Refund> {
    return this.transport.send('getRefund', { id }, options);
  }

  /** The newest first. */
  list(query?: RefundFilters, options?: CallOptions): Listed<RefundPage> {
    return listed((further) =>
      this.transport.send('listRefunds', { query: { ...query, ...further } }, options),
    );
  }
}
