import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { SandboxParts, SandboxProvider } from '../provider.js';
import { type AdyenAccount, openAccount } from './adyen.account.js';
import { errorAnswer } from './adyen.answers.js';
import { endpoints } from './adyen.endpoints.js';
import { noSuchRoute, unknownOriginal } from './adyen.errors.js';
import { chargeRows, openPages, openPagesShown, refundRows } from './adyen.ledger.js';
import { magicValues } from './adyen.magic.js';
import { payerRoutes } from './adyen.payer.js';
import type { AdyenSettings } from './adyen.settings.js';

/** Adyen's Checkout API v72 with standard webhooks, of merchant accounts that capture by themselves. */
export function createAdyenSandbox(parts: SandboxParts, settings: AdyenSettings): SandboxProvider {
  const { accounts: others = [], ...usual } = settings;
  const accounts = [usual, ...others].map((one) => openAccount(parts, one));
  const ownerOf = (paymentId: string): AdyenAccount => {
    const account = accounts.find(({ store }) => store.payments.get(paymentId));
    if (account) return account;
    throw unknownOriginal();
  };
  return {
    code: 'adyen',
    name: 'Adyen',
    magicValues,
    async routes(app) {
      addRoutes(app, parts, accounts);
      payerRoutes(app, accounts);
    },
    resume() {
      for (const account of accounts) account.resume();
    },
    charges: (transactionId) =>
      accounts.flatMap(({ store }) => [...chargeRows(store, transactionId)]),
    refunds: (transactionId) =>
      accounts.flatMap(({ store }) => [...refundRows(store, transactionId)]),
    refundByHand: (paymentId, amountMinor) =>
      ownerOf(paymentId).modifications.refundByHand(paymentId, amountMinor),
    openDispute: (paymentId, amountMinor) =>
      ownerOf(paymentId).disputes.open(paymentId, amountMinor),
    closeDispute(disputeId, outcome) {
      for (const { disputes } of accounts) {
        const dispute = disputes.find(disputeId);
        if (dispute) return disputes.close(dispute, outcome);
      }
      throw unknownOriginal();
    },
    openPages: () =>
      accounts
        .flatMap(({ store, payments }) => openPages(store, (payment) => payments.pageUrl(payment)))
        .slice(0, openPagesShown),
  };
}

function addRoutes(
  app: FastifyInstance,
  { findings }: SandboxParts,
  accounts: readonly AdyenAccount[],
): void {
  const benches = accounts.map((account) => ({ account, writes: endpoints(account) }));
  const [usual] = benches;
  const benchOf = ({ headers }: FastifyRequest) =>
    benches.find(
      ({ account: { apiKey } }) => apiKey !== undefined && headers['x-api-key'] === apiKey,
    ) ?? usual;
  for (const path of Object.keys(usual.writes)) {
    app.post(path, (request, reply) => {
      const { account, writes } = benchOf(request);
      return account.calls.receive(writes[path], request, reply);
    });
  }
  app.all('/v72/*', (request, reply) => {
    findings.add('unknown_route', 'Checkout v72 has no such call', request);
    const { status, body } = errorAnswer(noSuchRoute());
    return reply.code(status).send(body);
  });
}
