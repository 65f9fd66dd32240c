import type { FastifyInstance, FastifyRequest } from 'fastify';
import { serveBenches } from '../benches.js';
import type { SandboxParts, SandboxProvider } from '../provider.js';
import { openAccount, type StripeAccount } from './stripe.account.js';
import { readEndpoints, writeEndpoints } from './stripe.endpoints.js';
import { invalidRequest } from './stripe.errors.js';
import { chargeRows, refundRows } from './stripe.ledger.js';
import { magicValues } from './stripe.magic.js';
import { payerRoutes } from './stripe.payer.js';
import type { StripeSettings } from './stripe.settings.js';
import { checkPublished } from './stripe.shapes.js';

const openPagesShown = 20;

/** Stripe's PaymentIntents API, as far as the official SDK needs it. */
export function createStripeSandbox(
  parts: SandboxParts,
  settings: StripeSettings,
): SandboxProvider {
  const { accounts: others = [], searchLagMs = 0, ...usual } = settings;
  const accounts = [usual, ...others].map((one) => openAccount(parts, one, searchLagMs));
  return {
    code: 'stripe',
    name: 'Stripe',
    magicValues,
    routes: (app) => addRoutes(app, accounts, parts),
    resume() {
      for (const account of accounts) account.resume();
    },
    charges: (transactionId) =>
      accounts.flatMap(({ store }) => [...chargeRows(store, transactionId)]),
    refunds: (transactionId) =>
      accounts.flatMap(({ store }) => [...refundRows(store, transactionId)]),
    refundByHand: (paymentId, amountMinor) =>
      ownerOf(accounts, paymentId).refunds.createByHand(paymentId, amountMinor).id,
    openDispute: (paymentId, amountMinor) =>
      ownerOf(accounts, paymentId).disputes.open(paymentId, amountMinor),
    closeDispute(disputeId, outcome) {
      const account = accounts.find(({ store }) => store.disputes.get(disputeId));
      if (!account) throw invalidRequest(`No such dispute: '${disputeId}'`);
      account.disputes.close(disputeId, outcome);
    },
    openPages: () => accounts.flatMap(openPages).slice(0, openPagesShown),
  };
}

function ownerOf(accounts: readonly StripeAccount[], paymentId: string): StripeAccount {
  const account = accounts.find(({ store }) => store.payments.get(paymentId));
  if (account) return account;
  throw invalidRequest(`No such payment_intent: '${paymentId}'`);
}

async function addRoutes(
  app: FastifyInstance,
  accounts: readonly StripeAccount[],
  { findings }: SandboxParts,
): Promise<void> {
  const benches = accounts.map((account) => ({
    account,
    writes: writeEndpoints(account),
    reads: readEndpoints(account),
  }));
  const [usual] = benches;
  const benchOf = ({ headers }: FastifyRequest) =>
    benches.find(
      ({ account: { secretKey } }) =>
        secretKey !== undefined && headers.authorization === `Bearer ${secretKey}`,
    ) ?? usual;
  serveBenches(app, usual, benchOf);
  app.all('/v1/*', (request, reply) => {
    const message = `Unrecognized request URL (${request.method}: ${request.url.split('?')[0]}).`;
    findings.add('unknown_route', message, request);
    const body = { error: { type: 'invalid_request_error', message } };
    checkPublished('error', body);
    return reply.code(404).send(body);
  });
  payerRoutes(
    app,
    accounts.map(({ payments }) => payments),
  );
}

function openPages({ store }: StripeAccount): { title: string; url: string }[] {
  const pages: { title: string; url: string }[] = [];
  for (const { pageUrl, id, status } of store.payments.newestFirst()) {
    if (status === 'requires_action' && pageUrl !== undefined)
      pages.push({ title: id, url: pageUrl });
    if (pages.length === openPagesShown) break;
  }
  return pages;
}
