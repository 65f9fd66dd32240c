import type { FastifyInstance, FastifyReply } from 'fastify';
import { askAgain, decisionOf, payerPage, plainPage, sendClosedPage, sendPage } from '../pages.js';
import { spokenAmount } from './adyen.currencies.js';
import type { AdyenAccount } from './adyen.account.js';
import type { Payment } from './adyen.records.js';

interface PayerRoute {
  Params: { secret: string };
  Body: string;
}

const path = '/payer/adyen/:secret';

/** The page that stands for the bank's challenge, or for the bank or wallet that pays. */
export function payerRoutes(app: FastifyInstance, accounts: readonly AdyenAccount[]): void {
  app.get<PayerRoute>(path, (request, reply) => {
    const payment = findPayment(accounts, request.params.secret)?.payment;
    if (!payment) return nowhere(reply);
    if (payment.status !== 'redirected') return closed(reply, payment);
    return sendPage(reply, 200, payerPage({ ...summary(payment), action: request.url }));
  });
  app.post<PayerRoute>(path, (request, reply) => {
    const found = findPayment(accounts, request.params.secret);
    if (!found) return nowhere(reply);
    const decision = decisionOf(request.body);
    if (!decision) return askAgain(reply);
    const { payment, account } = found;
    const next = account.payments.decide(payment, decision === 'approve');
    return next === payment ? closed(reply, next) : reply.redirect(returnUrl(next), 303);
  });
}

function findPayment(
  accounts: readonly AdyenAccount[],
  secret: string,
): { account: AdyenAccount; payment: Payment } | undefined {
  for (const account of accounts) {
    const payment = account.store.paymentByPage(secret);
    if (payment) return { account, payment };
  }
  return undefined;
}

function returnUrl({ page, returnUrl: base }: Payment): string {
  const url = new URL(base);
  url.searchParams.set('redirectResult', page?.redirectResult ?? '');
  return url.href;
}

function summary(payment: Payment): Omit<Parameters<typeof payerPage>[0], 'action'> {
  const { id, method, amount, currency, reference } = payment;
  const shown = spokenAmount({ currency, value: amount });
  return { id, method, amount: shown, description: `Reference ${reference}` };
}

function nowhere(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 404, plainPage('No such payment', 'This link leads nowhere.'));
}

const ends = {
  redirected: 'pending',
  authenticated: 'approved',
  settling: 'pending',
  authorised: 'paid',
  refused: 'declined',
  cancelled: 'cancelled',
} as const;

function closed(reply: FastifyReply, payment: Payment): FastifyReply {
  return sendClosedPage(reply, ends[payment.status], returnUrl(payment));
}
