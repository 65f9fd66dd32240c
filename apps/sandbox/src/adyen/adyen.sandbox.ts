import type { FastifyInstance } from 'fastify';
import type { SandboxParts, SandboxProvider } from '../provider.js';
import { errorAnswer } from './adyen.answers.js';
import { AdyenCalls } from './adyen.calls.js';
import { AdyenCourses } from './adyen.courses.js';
import { endpoints } from './adyen.endpoints.js';
import { noSuchRoute } from './adyen.errors.js';
import { AdyenIdempotency } from './adyen.idempotency.js';
import { chargeRows, openPages, refundRows } from './adyen.ledger.js';
import { magicValues } from './adyen.magic.js';
import { AdyenModifications } from './adyen.modifications.js';
import { AdyenNotifications } from './adyen.notifications.js';
import { payerRoutes } from './adyen.payer.js';
import { AdyenPayments } from './adyen.payments.js';
import { AdyenStore } from './adyen.store.js';

export interface AdyenSettings {
  webhookUrl?: string;
  /** In hexadecimal. */
  hmacKey: string;
  merchantAccount: string;
}

/** Adyen's Checkout API v72 with standard webhooks, of a merchant account that captures by itself. */
export function createAdyenSandbox(parts: SandboxParts, settings: AdyenSettings): SandboxProvider {
  const store = new AdyenStore(parts.journal, parts.identifiers);
  const notifications = new AdyenNotifications(parts, settings);
  const payments = new AdyenPayments(parts, store, notifications);
  const courses = new AdyenCourses(parts, store, payments, notifications);
  const modifications = new AdyenModifications(store, payments, courses);
  payments.onAuthorised = (payment) => {
    const { dispute } = payments.behaviour(payment);
    if (dispute) modifications.dispute(payment, dispute);
  };
  const { webhookUrl: url, merchantAccount } = settings;
  if (url !== undefined) {
    const headers = { 'user-agent': 'Adyen HttpClient 1.0 (sandbox)' };
    parts.deliveries.open('adyen', { url, headers: () => headers });
  }
  const idempotency = new AdyenIdempotency(store);
  const calls = new AdyenCalls(parts, merchantAccount, idempotency, notifications);
  return {
    code: 'adyen',
    name: 'Adyen',
    magicValues,
    async routes(app) {
      addRoutes(app, calls, { store, payments, modifications }, parts);
      payerRoutes(app, store, payments);
    },
    resume() {
      for (const payment of store.payments.values()) payments.schedule(payment);
      for (const modification of store.modifications.values()) courses.schedule(modification);
    },
    charges: (transactionId) => chargeRows(store, transactionId),
    refunds: (transactionId) => refundRows(store, transactionId),
    refundByHand: (paymentId, amountMinor) => modifications.refundByHand(paymentId, amountMinor),
    openPages: () => openPages(store, (payment) => payments.pageUrl(payment)),
  };
}

function addRoutes(
  app: FastifyInstance,
  calls: AdyenCalls,
  account: Parameters<typeof endpoints>[0],
  { findings }: SandboxParts,
): void {
  for (const [path, endpoint] of Object.entries(endpoints(account))) {
    app.post(path, (request, reply) => calls.receive(endpoint, request, reply));
  }
  app.all('/v72/*', (request, reply) => {
    findings.add('unknown_route', 'Checkout v72 has no such call', request);
    const { status, body } = errorAnswer(noSuchRoute());
    return reply.code(status).send(body);
  });
}
