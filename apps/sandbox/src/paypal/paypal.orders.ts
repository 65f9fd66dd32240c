import type { SandboxParts } from '../provider.js';
import type { Call } from './paypal.call.js';
import type { PaypalCaptures } from './paypal.captures.js';
import { readMoney } from './paypal.currencies.js';
import { issue } from './paypal.errors.js';
import type { Happening, PaypalEvents } from './paypal.events.js';
import { instrumentOf, isPaidAtOnce } from './paypal.instruments.js';
import { behaviourOf, underFault } from './paypal.magic.js';
import { payerLink, renderOrder } from './paypal.objects.js';
import type { Order } from './paypal.records.js';
import type { OrderRequest } from './paypal.requests.js';
import type { PaypalStore } from './paypal.store.js';

const shownDescription = 127;
const shownDescriptor = 22;

/** The life of an order. Every function answers the new row, or throws PayPal's error. */
export class PaypalOrders {
  constructor(
    private readonly parts: SandboxParts,
    private readonly store: PaypalStore,
    private readonly events: PaypalEvents,
    private readonly captures: PaypalCaptures,
  ) {}

  create(request: OrderRequest, call: Call): Order {
    const order = this.newOrder(request, call.requestId);
    if (!isPaidAtOnce(request)) return this.store.orders.put(order);
    if (call.requestId === undefined) {
      throw issue('PAYPAL_REQUEST_ID_REQUIRED', { location: 'header' });
    }
    if (underFault(behaviourOf(order.instrument), call.fault).outcome === 'authenticate') {
      return this.store.orders.put({ ...order, status: 'PAYER_ACTION_REQUIRED' });
    }
    return this.captures.take(this.store.orders.put(order), call);
  }

  capture(id: string, call: Call): Order {
    const order = this.find(id);
    switch (order.status) {
      case 'APPROVED':
        return this.captures.take(order, call);
      case 'COMPLETED':
        throw issue('ORDER_ALREADY_CAPTURED');
      case 'CREATED':
      case 'PAYER_ACTION_REQUIRED': {
        const waits = order.instrument?.kind === 'card';
        const links = [payerLink(id, this.parts.publicUrl(), 'payer-action')];
        throw issue(waits ? 'PAYER_ACTION_REQUIRED' : 'ORDER_NOT_APPROVED', {}, { links });
      }
    }
  }

  find(id: string): Order {
    const order = this.store.orders.get(id);
    if (order) return order;
    throw issue('INVALID_RESOURCE_ID', { field: 'order_id', value: id, location: 'path' });
  }

  /** The payer of an order that waits for them said yes on the page. */
  approve(id: string): Order {
    const order = this.find(id);
    const approved = this.store.orders.put({
      ...order,
      status: 'APPROVED',
      instrument: order.instrument ?? { kind: 'paypal' },
      payerId: this.parts.identifiers.plain(13),
      updatedAt: this.parts.clock.now(),
    });
    const happening: Happening = {
      type: 'CHECKOUT.ORDER.APPROVED',
      resourceType: 'checkout-order',
      summary: 'An order has been approved by buyer',
      resource: renderOrder(approved, { captures: [], refunds: [] }, this.parts.publicUrl(), false),
    };
    if (this.events.isOpen) this.events.tell([happening]);
    return approved;
  }

  private newOrder(request: OrderRequest, requestId: string | undefined): Order {
    const { purchase_units: units } = request;
    if (units.length !== 1) throw wrongNumber(units.length);
    const [unit] = units;
    const now = this.parts.clock.now();
    const { payment_source: source = {}, application_context: context } = request;
    const experience = (source.card ?? source.paypal)?.experience_context ?? context ?? {};
    const amount = readMoney(unit.amount, '/purchase_units/0/amount');
    const instrument = instrumentOf(source);
    return {
      id: this.parts.identifiers.plain(),
      createdAt: now,
      updatedAt: now,
      status: source.paypal && !isPaidAtOnce(request) ? 'PAYER_ACTION_REQUIRED' : 'CREATED',
      amount,
      referenceId: unit.reference_id ?? 'default',
      customId: unit.custom_id,
      invoiceId: unit.invoice_id,
      description: unit.description?.slice(0, shownDescription),
      softDescriptor: unit.soft_descriptor?.slice(0, shownDescriptor),
      instrument,
      returnUrl: experience.return_url,
      cancelUrl: experience.cancel_url,
      requestId,
    };
  }
}

export function waitsForPayer({ status, instrument }: Order): boolean {
  return status === 'PAYER_ACTION_REQUIRED' || (status === 'CREATED' && !instrument);
}

/** PayPal takes ten purchase units, the sandbox one. */
function wrongNumber(count: number): Error {
  const code = count === 0 ? 'INVALID_ARRAY_MIN_ITEMS' : 'INVALID_ARRAY_MAX_ITEMS';
  return issue(code, { field: '/purchase_units' });
}
