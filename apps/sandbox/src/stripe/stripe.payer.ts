import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { askAgain, decisionOf, payerPage, plainPage, sendPage } from '../pages.js';
import { majorUnits } from './stripe.currencies.js';
import type { StripePayments } from './stripe.payments.js';
import type { Payment } from './stripe.records.js';

interface PayerRoute {
  Params: { id: string };
  Querystring: { client_secret?: string };
  Body: string;
}

const path = '/payer/stripe/:id';

/** The page that stands for a bank's 3-D Secure challenge and for a wallet's own. */
export function payerRoutes(app: FastifyInstance, accounts: readonly StripePayments[]): void {
  app.get<PayerRoute>(path, (request, reply) => {
    const payment = findPayment(accounts, request)?.payment;
    if (!payment)
      return sendPage(reply, 404, plainPage('No such payment', 'This link leads nowhere.'));
    if (payment.status !== 'requires_action') return closed(reply, payment);
    return sendPage(reply, 200, payerPage({ ...summary(payment), action: request.url }));
  });
  app.post<PayerRoute>(path, (request, reply) => {
    const found = findPayment(accounts, request);
    if (!found)
      return sendPage(reply, 404, plainPage('No such payment', 'This link leads nowhere.'));
    const decision = decisionOf(request.body);
    if (!decision) return askAgain(reply);
    const { payment, payments } = found;
    const next = payments.authenticate(payment.id, decision === 'approve');
    return next === payment || payment.returnUrl === undefined
      ? closed(reply, next)
      : reply.redirect(returnUrl(payment.returnUrl, next), 303);
  });
}

function findPayment(
  accounts: readonly StripePayments[],
  { params, query }: Pick<FastifyRequest<PayerRoute>, 'params' | 'query'>,
): { payments: StripePayments; payment: Payment } | undefined {
  for (const payments of accounts) {
    const payment = payments.lookUp(params.id);
    if (payment && payment.clientSecret === query.client_secret) return { payments, payment };
  }
  return undefined;
}

function returnUrl(base: string, { id, clientSecret, status }: Payment): string {
  const url = new URL(base);
  url.searchParams.set('payment_intent', id);
  url.searchParams.set('payment_intent_client_secret', clientSecret);
  url.searchParams.set('redirect_status', redirectStatus(status));
  return url.href;
}

function closed(reply: FastifyReply, { status }: Payment): FastifyReply {
  const text = status === 'succeeded' ? 'The payment succeeded.' : `The payment is ${status}.`;
  return sendPage(reply, 200, plainPage('Nothing left to do', text));
}

function summary({ id, amount, currency, description }: Payment): Parameters<typeof payerPage>[0] {
  const shown = majorUnits(amount, currency);
  return { amount: `${shown} ${currency.toUpperCase()}`, id, description, action: '' };
}

function redirectStatus(status: Payment['status']): string {
  if (status === 'succeeded') return 'succeeded';
  return status === 'processing' ? 'pending' : 'failed';
}
