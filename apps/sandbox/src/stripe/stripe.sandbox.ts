import type { FastifyInstance } from 'fastify';
import type { LedgerCharge, LedgerRefund, SandboxParts, SandboxProvider } from '../provider.js';
import { StripeCalls } from './stripe.calls.js';
import { readEndpoints, writeEndpoints } from './stripe.endpoints.js';
import { signature, StripeEvents } from './stripe.events.js';
import { StripeIdempotency } from './stripe.idempotency.js';
import { magicValues } from './stripe.magic.js';
import { payerRoutes } from './stripe.payer.js';
import { StripePayments } from './stripe.payments.js';
import type { Charge, Refund } from './stripe.records.js';
import { StripeRefunds } from './stripe.refunds.js';
import { checkPublished } from './stripe.shapes.js';
import { StripeStore } from './stripe.store.js';

export interface StripeSettings {
  webhookUrl?: string;
  webhookSecret: string;
}

const openPagesShown = 20;

/** Stripe's PaymentIntents API, as far as the official SDK needs it. */
export function createStripeSandbox(
  parts: SandboxParts,
  settings: StripeSettings,
): SandboxProvider {
  const store = new StripeStore(parts.journal, parts.identifiers);
  const events = new StripeEvents(parts, checkPublished);
  const payments = new StripePayments(parts, store, events);
  const refunds = new StripeRefunds(parts, store, events);
  const account = { store, payments, refunds };
  const { webhookUrl, webhookSecret } = settings;
  if (webhookUrl !== undefined) {
    parts.deliveries.open('stripe', {
      url: webhookUrl,
      headers: (payload, nowMs) => ({
        'stripe-signature': signature(webhookSecret, payload, nowMs),
        'user-agent': 'Stripe/1.0 (sandbox)',
      }),
    });
  }
  return {
    code: 'stripe',
    name: 'Stripe',
    magicValues,
    routes: (app) => addRoutes(app, parts, account, events),
    resume() {
      for (const payment of store.payments.values()) payments.schedule(payment);
      for (const refund of store.refunds.values()) refunds.schedule(refund);
    },
    charges: (transactionId) => chargeRows(store, transactionId),
    refunds: (transactionId) => refundRows(store, transactionId),
    refundByHand: (paymentId, amountMinor) => refunds.createByHand(paymentId, amountMinor).id,
    openPages: () => openPages(store),
  };
}

async function addRoutes(
  app: FastifyInstance,
  parts: SandboxParts,
  account: { store: StripeStore; payments: StripePayments; refunds: StripeRefunds },
  events: StripeEvents,
): Promise<void> {
  const calls = new StripeCalls(parts, new StripeIdempotency(account.store, parts.clock), events);
  for (const [path, endpoint] of Object.entries(writeEndpoints(account))) {
    app.post(path, (request, reply) => calls.write(endpoint, request, reply));
  }
  for (const [path, endpoint] of Object.entries(readEndpoints(account))) {
    app.get(path, (request, reply) => calls.read(endpoint, request, reply));
  }
  app.all('/v1/*', (request, reply) => {
    const message = `Unrecognized request URL (${request.method}: ${request.url.split('?')[0]}).`;
    return reply.code(404).send({ error: { type: 'invalid_request_error', message } });
  });
  payerRoutes(app, account.payments);
}

function* chargeRows(store: StripeStore, transactionId?: string): Iterable<LedgerCharge> {
  if (transactionId === undefined) {
    for (const charge of store.charges.values()) yield chargeRow(charge);
    return;
  }
  for (const payment of store.paymentsOfTransaction(transactionId)) {
    for (const charge of store.chargesOf(payment.id)) yield chargeRow(charge);
  }
}

function chargeRow(charge: Charge): LedgerCharge {
  return {
    provider: 'stripe',
    id: charge.paymentId,
    transaction_id: charge.metadata['transaction_id'] ?? null,
    idempotency_key: charge.idempotencyKey ?? null,
    amount: charge.amount,
    currency: charge.currency.toUpperCase(),
    status: charge.status,
    refunded: charge.amountRefunded,
    created_at: new Date(charge.createdAt).toISOString(),
  };
}

function* refundRows(store: StripeStore, transactionId?: string): Iterable<LedgerRefund> {
  const payments =
    transactionId === undefined ? undefined : store.paymentsOfTransaction(transactionId);
  const rows = payments
    ? payments.flatMap(({ id }) => store.refundsOf(id))
    : store.refunds.values();
  for (const refund of rows) yield refundRow(store, refund);
}

function refundRow(store: StripeStore, refund: Refund): LedgerRefund {
  return {
    provider: 'stripe',
    id: refund.id,
    payment_id: refund.paymentId,
    transaction_id: store.payments.get(refund.paymentId)?.metadata['transaction_id'] ?? null,
    idempotency_key: refund.idempotencyKey ?? null,
    amount: refund.amount,
    currency: refund.currency.toUpperCase(),
    status: refund.status,
    created_at: new Date(refund.createdAt).toISOString(),
  };
}

function openPages(store: StripeStore): { title: string; url: string }[] {
  const pages: { title: string; url: string }[] = [];
  for (const { pageUrl, id, status } of store.payments.newestFirst()) {
    if (status === 'requires_action' && pageUrl !== undefined)
      pages.push({ title: id, url: pageUrl });
    if (pages.length === openPagesShown) break;
  }
  return pages;
}
