import { writeFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { SandboxParts, SandboxProvider } from '../provider.js';
import { PaypalCalls } from './paypal.calls.js';
import { PaypalCaptures } from './paypal.captures.js';
import { PaypalDisputes } from './paypal.disputes.js';
import { type Account, readEndpoints, renderOutcome, writeEndpoints } from './paypal.endpoints.js';
import { PaypalError, renderError } from './paypal.errors.js';
import { PaypalEvents } from './paypal.events.js';
import { PaypalIdempotency } from './paypal.idempotency.js';
import { PaypalIdentity } from './paypal.identity.js';
import { chargeRows, refundRows } from './paypal.ledger.js';
import { magicValues } from './paypal.magic.js';
import { payerLink } from './paypal.objects.js';
import { PaypalOrders, waitsForPayer } from './paypal.orders.js';
import { payerRoutes } from './paypal.payer.js';
import { PaypalRefunds } from './paypal.refunds.js';
import { signatureHeaders } from './paypal.signature.js';
import { PaypalStore } from './paypal.store.js';
import { PaypalTokens } from './paypal.tokens.js';

export interface PaypalSettings {
  webhookUrl?: string;
  webhookId: string;
  /** Where the certificate that the webhooks' signatures go back to is written. */
  caFile?: string;
  /** Where receivers fetch the signer's certificate: an origin, where it is not the public one. */
  certUrl?: string;
}

const openPagesShown = 20;

/** PayPal's Orders v2 and Payments v2 APIs, as far as a payment that is captured at once needs them. */
export function createPaypalSandbox(
  parts: SandboxParts,
  settings: PaypalSettings,
): SandboxProvider {
  const store = new PaypalStore(parts.journal, parts.identifiers);
  const identity = new PaypalIdentity(parts.journal, parts.clock);
  const events = new PaypalEvents(parts);
  const disputes = new PaypalDisputes(parts, store, events);
  const refunds = new PaypalRefunds(parts, store, events);
  const captures = new PaypalCaptures(parts, store, events, disputes, refunds);
  const orders = new PaypalOrders(parts, store, events, captures);
  const account: Account = { parts, store, orders, refunds };
  listen(parts, settings, identity);
  return {
    code: 'paypal',
    name: 'PayPal',
    magicValues,
    async routes(app) {
      apiRoutes(app, account, events);
      certificateRoutes(app, identity);
      payerRoutes(app, store, orders);
    },
    resume() {
      if (settings.caFile !== undefined) writeFileSync(settings.caFile, identity.rootPem());
      for (const capture of store.captures.values()) captures.schedule(capture);
      for (const refund of store.refunds.values()) refunds.schedule(refund);
      for (const dispute of store.disputes.values()) disputes.schedule(dispute);
    },
    charges: (transactionId) => chargeRows(store, transactionId),
    refunds: (transactionId) => refundRows(store, transactionId),
    refundByHand: (paymentId, amountMinor) => refunds.createByHand(paymentId, amountMinor),
    openPages: () => openPages(store, parts.publicUrl()),
  };
}

function listen(
  parts: SandboxParts,
  { webhookUrl, webhookId, certUrl }: PaypalSettings,
  identity: PaypalIdentity,
): void {
  if (webhookUrl === undefined) return;
  parts.deliveries.open('paypal', {
    url: webhookUrl,
    headers: (payload, nowMs) =>
      signatureHeaders(identity, webhookId, certUrl ?? parts.publicUrl(), payload, nowMs),
  });
}

function apiRoutes(app: FastifyInstance, account: Account, events: PaypalEvents): void {
  const { parts, store } = account;
  const tokens = new PaypalTokens(parts, store);
  const idempotency = new PaypalIdempotency(store, parts.clock);
  const calls = new PaypalCalls(parts, tokens, idempotency, events, renderOutcome(account));
  app.post('/v1/oauth2/token', (request, reply) =>
    calls.look(request, reply, (arrival) => {
      const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
      return tokens.grant(arrival.header('authorization'), form);
    }),
  );
  app.post('/_sandbox/paypal/expire-tokens', (_request, reply) => {
    tokens.expireAll();
    return reply.code(204).send();
  });
  for (const [path, endpoint] of Object.entries(writeEndpoints(account))) {
    app.post(path, (request, reply) => calls.write(endpoint, request, reply));
  }
  for (const [path, endpoint] of Object.entries(readEndpoints(account))) {
    app.get(path, (request, reply) => calls.read(endpoint, request, reply));
  }
  app.all('/v2/*', (request, reply) => {
    parts.findings.add('unknown_route', 'PayPal has no such call', request);
    const debugId = parts.identifiers.plain(13).toLowerCase();
    return reply.code(404).send(renderError(new PaypalError(404), debugId, request.url));
  });
}

function certificateRoutes(app: FastifyInstance, identity: PaypalIdentity): void {
  app.get<{ Params: { name: string } }>('/v1/notifications/certs/:name', (request, reply) => {
    const { name, chainPem } = identity.signing();
    if (request.params.name !== name) return reply.code(404).type('text/plain').send('Not found');
    return reply.type('application/x-pem-file').send(chainPem);
  });
  app.get('/_sandbox/paypal/ca.pem', (_request, reply) =>
    reply.type('application/x-pem-file').send(identity.rootPem()),
  );
}

function openPages(store: PaypalStore, url: string): { title: string; url: string }[] {
  const pages: { title: string; url: string }[] = [];
  for (const order of store.orders.newestFirst()) {
    if (waitsForPayer(order)) {
      pages.push({ title: order.id, url: payerLink(order.id, url, 'approve').href });
    }
    if (pages.length === openPagesShown) break;
  }
  return pages;
}
