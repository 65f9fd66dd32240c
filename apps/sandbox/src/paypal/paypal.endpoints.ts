import type { Fault } from '../faults.js';
import type { SandboxParts } from '../provider.js';
import type { ReadEndpoint, Render, WriteEndpoint } from './paypal.calls.js';
import { issue } from './paypal.errors.js';
import { behaviourOf, behaviourOfToken } from './paypal.magic.js';
import { renderCapture, renderOrder, renderRefund } from './paypal.objects.js';
import type { PaypalOrders } from './paypal.orders.js';
import type { Order } from './paypal.records.js';
import type { PaypalRefunds } from './paypal.refunds.js';
import { type OrderRequest, type RefundRequest, requestFields } from './paypal.requests.js';
import { checkPublished, type Kind } from './paypal.shapes.js';
import type { PaypalStore } from './paypal.store.js';
import type { WireObject } from './paypal.wire.js';

/** What the calls of one account act on. */
export interface Account {
  parts: SandboxParts;
  store: PaypalStore;
  orders: PaypalOrders;
  refunds: PaypalRefunds;
}

export function writeEndpoints({ store, orders, refunds }: Account): Record<string, WriteEndpoint> {
  return {
    '/v2/checkout/orders': {
      fields: requestFields.createOrder,
      faultOf: (body) => tokenFault(body as OrderRequest),
      run: (body, _path, call) => ({
        kind: 'order',
        id: orders.create(body as OrderRequest, call).id,
      }),
    },
    '/v2/checkout/orders/:id/capture': {
      fields: requestFields.captureOrder,
      faultOf: (_body, { id }) => behaviourOf(store.orders.get(id)?.instrument).fault,
      run: (_body, { id }, call) => ({ kind: 'order', id: orders.capture(id, call).id }),
    },
    '/v2/payments/captures/:id/refund': {
      fields: requestFields.refundCapture,
      faultOf: (_body, { id }) => webhooksOnly(store, id),
      run: (body, { id }, call) => ({
        kind: 'refund',
        id: refunds.create(id, body as RefundRequest, call).id,
      }),
    },
    '/v2/payments/authorizations/:id/void': {
      fields: requestFields.none,
      faultOf: () => ({}),
      run: (_body, { id }) => noAuthorization(id),
    },
  };
}

export function readEndpoints(account: Account): Record<string, ReadEndpoint> {
  const { parts, store, orders, refunds } = account;
  return {
    '/v2/checkout/orders/:id': ({ id }) => shownOrder(account, orders.find(id), false),
    '/v2/payments/captures/:id': ({ id }) => {
      const capture = refunds.findCapture(id);
      const rendered = renderCapture(capture, store.orderOf(capture), parts.publicUrl());
      return published('whole capture', rendered);
    },
    '/v2/payments/refunds/:id': ({ id }) =>
      published('refund', renderRefund(refunds.find(id), parts.publicUrl(), false)),
    '/v2/payments/authorizations/:id': ({ id }) => noAuthorization(id),
  };
}

/** Shows what a call made as it is now. */
export function renderOutcome(account: Account): Render {
  const { parts, orders, refunds } = account;
  return ({ kind, id }, minimal) =>
    kind === 'order'
      ? shownOrder(account, orders.find(id), minimal)
      : published(
          minimal ? 'minimal refund' : 'refund',
          renderRefund(refunds.find(id), parts.publicUrl(), minimal),
        );
}

function shownOrder({ parts, store }: Account, order: Order, minimal: boolean): WireObject {
  const captures = store.capturesOf(order.id);
  const refunds = captures.flatMap(({ id }) => store.refundsOf(id));
  const rendered = renderOrder(order, { captures, refunds }, parts.publicUrl(), minimal);
  return published(minimal ? 'minimal order' : 'order', rendered);
}

function tokenFault({ payment_source: source }: OrderRequest): Fault {
  const token = source?.card?.vault_id ?? source?.paypal?.vault_id ?? source?.token?.id;
  return (token === undefined ? undefined : behaviourOfToken(token)?.fault) ?? {};
}

/** A refund of a payment made under a script: only its webhooks keep behaving so. */
function webhooksOnly(store: PaypalStore, captureId: string): Fault {
  const capture = store.captures.get(captureId);
  const webhooks = capture && behaviourOf(store.orderOf(capture).instrument).fault.webhooks;
  return webhooks === undefined ? {} : { webhooks };
}

/** Orders are captured, never authorised, so no authorisation exists. */
function noAuthorization(id: string): never {
  throw issue('INVALID_RESOURCE_ID', { field: 'authorization_id', value: id, location: 'path' });
}

function published(kind: Kind, object: WireObject): WireObject {
  checkPublished(kind, object);
  return object;
}
