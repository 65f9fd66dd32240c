import { writeFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { SandboxParts, SandboxProvider } from '../provider.js';
import { openAccount, type PaypalAccount } from './paypal.account.js';
import { issue } from './paypal.errors.js';
import { PaypalIdentity } from './paypal.identity.js';
import { chargeRows, refundRows } from './paypal.ledger.js';
import { magicValues } from './paypal.magic.js';
import { payerLink } from './paypal.objects.js';
import { waitsForPayer } from './paypal.orders.js';
import { payerRoutes } from './paypal.payer.js';
import { apiRoutes } from './paypal.routes.js';
import type { PaypalSettings } from './paypal.settings.js';
import { signatureHeaders } from './paypal.signature.js';

const openPagesShown = 20;

/** PayPal's Orders v2 and Payments v2 APIs, as far as a payment that is captured at once needs them. */
export function createPaypalSandbox(
  parts: SandboxParts,
  settings: PaypalSettings,
): SandboxProvider {
  const { accounts: others = [], caFile, certUrl, ...usual } = settings;
  const identity = new PaypalIdentity(parts.journal, parts.clock);
  const sign = (webhookId: string, payload: string, nowMs: number) =>
    signatureHeaders(identity, webhookId, certUrl ?? parts.publicUrl(), payload, nowMs);
  const accounts = [usual, ...others].map((one) => openAccount(parts, one, sign));
  return {
    code: 'paypal',
    name: 'PayPal',
    magicValues,
    async routes(app) {
      apiRoutes(app, parts, accounts);
      certificateRoutes(app, identity);
      payerRoutes(app, accounts);
    },
    resume() {
      if (caFile !== undefined) writeFileSync(caFile, identity.rootPem());
      for (const account of accounts) account.resume();
    },
    charges: (transactionId) =>
      accounts.flatMap(({ store }) => [...chargeRows(store, transactionId)]),
    refunds: (transactionId) =>
      accounts.flatMap(({ store }) => [...refundRows(store, transactionId)]),
    refundByHand: (paymentId, amountMinor) =>
      ownerOf(accounts, paymentId).refunds.createByHand(paymentId, amountMinor),
    openDispute: (paymentId, amountMinor) =>
      ownerOf(accounts, paymentId).disputes.open(paymentId, amountMinor),
    closeDispute(disputeId, outcome) {
      const account = accounts.find(({ store }) => store.disputes.get(disputeId));
      if (!account) throw new Error(`no dispute ${disputeId}`);
      account.disputes.close(disputeId, outcome);
    },
    openPages: () =>
      accounts.flatMap(({ store }) => openPages(store, parts.publicUrl())).slice(0, openPagesShown),
  };
}

function ownerOf(accounts: readonly PaypalAccount[], orderId: string): PaypalAccount {
  const account = accounts.find(({ store }) => store.orders.get(orderId));
  if (account) return account;
  throw issue('INVALID_RESOURCE_ID', { field: 'order_id', value: orderId, location: 'path' });
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

function openPages(store: PaypalAccount['store'], url: string): { title: string; url: string }[] {
  const pages: { title: string; url: string }[] = [];
  for (const order of store.orders.newestFirst()) {
    if (waitsForPayer(order)) {
      pages.push({ title: order.id, url: payerLink(order.id, url, 'approve').href });
    }
    if (pages.length === openPagesShown) break;
  }
  return pages;
}
