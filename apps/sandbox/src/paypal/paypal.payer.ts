import type { FastifyInstance, FastifyReply } from 'fastify';
import { askAgain, decisionOf, payerPage, plainPage, sendClosedPage, sendPage } from '../pages.js';
import { shownMoney } from './paypal.currencies.js';
import type { PaypalAccount } from './paypal.account.js';
import { waitsForPayer } from './paypal.orders.js';
import type { Order } from './paypal.records.js';

interface PayerRoute {
  Params: { id: string };
  Body: string;
}

const path = '/payer/paypal/:id';

/** The page on which the payer approves an order, or stands before the bank's 3-D Secure challenge. */
export function payerRoutes(app: FastifyInstance, accounts: readonly PaypalAccount[]): void {
  app.get<PayerRoute>(path, (request, reply) => {
    const order = findOrder(accounts, request.params.id)?.order;
    if (!order) return noSuchOrder(reply);
    if (!waitsForPayer(order)) return closed(reply, order);
    const { id, amount, description, instrument } = order;
    const method = instrument?.kind ?? 'paypal';
    const shown = { id, method, amount: shownMoney(amount), description, action: request.url };
    return sendPage(reply, 200, payerPage(shown));
  });
  app.post<PayerRoute>(path, (request, reply) => {
    const found = findOrder(accounts, request.params.id);
    if (!found) return noSuchOrder(reply);
    const decision = decisionOf(request.body);
    if (!decision) return askAgain(reply);
    const { account, order } = found;
    if (!waitsForPayer(order)) return closed(reply, order);
    return decision === 'approve'
      ? approved(reply, account.orders.approve(order.id))
      : left(reply, order);
  });
}

function findOrder(
  accounts: readonly PaypalAccount[],
  id: string,
): { account: PaypalAccount; order: Order } | undefined {
  for (const account of accounts) {
    const order = account.store.orders.get(id);
    if (order) return { account, order };
  }
  return undefined;
}

function approved(reply: FastifyReply, order: Order): FastifyReply {
  const address = wayBack(order);
  return address === undefined ? closed(reply, order) : reply.redirect(address, 303);
}

/** PayPal leaves the order as it was: the payer may still come back to the page. */
function left(reply: FastifyReply, { id, cancelUrl }: Order): FastifyReply {
  if (cancelUrl === undefined) {
    return sendPage(reply, 200, plainPage('Declined', 'The order was not approved.'));
  }
  return reply.redirect(withParameters(cancelUrl, { token: id }), 303);
}

function withParameters(base: string, parameters: Record<string, string>): string {
  const url = new URL(base);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

function wayBack({ id, returnUrl, payerId = '' }: Order): string | undefined {
  return returnUrl && withParameters(returnUrl, { token: id, PayerID: payerId });
}

function closed(reply: FastifyReply, order: Order): FastifyReply {
  const end = order.status === 'COMPLETED' ? 'paid' : 'approved';
  return sendClosedPage(reply, end, wayBack(order));
}

function noSuchOrder(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 404, plainPage('No such order', 'This link leads nowhere.'));
}
