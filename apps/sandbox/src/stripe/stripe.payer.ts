import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { askAgain, decisionOf, payerPage, plainPage, sendClosedPage, sendPage } from '../pages.js';
import { majorUnits } from './stripe.currencies.js';
import { methodOf } from './stripe.instrument-object.js';
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

const ends = {
  requires_payment_method: 'declined',
  requires_confirmation: 'pending',
  requires_action: 'pending',
  processing: 'pending',
  succeeded: 'paid',
  canceled: 'cancelled',
} as const;

function closed(reply: FastifyReply, payment: Payment): FastifyReply {
  const { returnUrl: base, status } = payment;
  return sendClosedPage(reply, ends[status], base && returnUrl(base, payment));
}

function summary(payment: Payment): Omit<Parameters<typeof payerPage>[0], 'action'> {
  const { id, amount, currency, description, instrument } = payment;
  const shown = `${majorUnits(amount, currency)} ${currency.toUpperCase()}`;
  return { id, method: methodOf(instrument), amount: shown, description };
}

function redirectStatus(status: Payment['status']): string {
  if (status === 'succeeded') return 'succeeded';
  return status === 'processing' ? 'pending' : 'failed';
}
