import type { FastifyInstance, FastifyRequest } from 'fastify';
import { serveBenches } from '../benches.js';
import type { SandboxParts } from '../provider.js';
import type { PaypalAccount } from './paypal.account.js';
import { readEndpoints, writeEndpoints } from './paypal.endpoints.js';
import { PaypalError, renderError } from './paypal.errors.js';
import { checkPublished } from './paypal.shapes.js';
import { clientIn } from './paypal.tokens.js';

/** PayPal's own calls, each answered by the account of the client that makes it. */
export function apiRoutes(
  app: FastifyInstance,
  parts: SandboxParts,
  accounts: readonly PaypalAccount[],
): void {
  const benches = accounts.map((account) => ({
    account,
    writes: writeEndpoints(account),
    reads: readEndpoints(account),
  }));
  const [usual] = benches;
  const benchOf = (request: FastifyRequest) =>
    benches.find(({ account }) => isCalledBy(account, request.headers.authorization)) ?? usual;
  app.post('/v1/oauth2/token', (request, reply) => {
    const { calls, tokens } = benchOf(request).account;
    return calls.look(request, reply, (arrival) => {
      const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
      return tokens.grant(arrival.header('authorization'), form);
    });
  });
  app.post('/_sandbox/paypal/expire-tokens', (_request, reply) => {
    for (const { tokens } of accounts) tokens.expireAll();
    return reply.code(204).send();
  });
  serveBenches(app, usual, benchOf);
  app.all('/v2/*', (request, reply) => {
    parts.findings.add('unknown_route', 'PayPal has no such call', request);
    const debugId = parts.identifiers.plain(13).toLowerCase();
    const body = renderError(new PaypalError(404), debugId, request.url);
    checkPublished('error', body);
    return reply.code(404).send(body);
  });
}

/** By the client that asks for a token, or by a token that was given to it. */
function isCalledBy({ clientId, tokens }: PaypalAccount, authorization = ''): boolean {
  if (clientId === undefined) return false;
  return clientIn(authorization) === clientId || tokens.isOurs(authorization);
}
