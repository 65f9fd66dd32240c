import { fastify, type FastifyInstance } from 'fastify';
import { createAdyenSandbox } from './adyen/adyen.sandbox.js';
import { Behaviours } from './behaviour.js';
import { type Clock, systemClock } from './clock.js';
import { controlRoutes } from './control.routes.js';
import { Deliveries } from './deliveries.js';
import { Findings } from './findings.js';
import { Identifiers } from './identifiers.js';
import { Journal } from './journal.js';
import { indexPage } from './pages.js';
import { createPaypalSandbox } from './paypal/paypal.sandbox.js';
import type { SandboxParts, SandboxProvider } from './provider.js';
import type { SandboxSettings } from './settings.js';
import { createStripeSandbox } from './stripe/stripe.sandbox.js';

/** A running sandbox. */
export interface Sandbox {
  url: string;
  close(): Promise<void>;
}

export async function startSandbox(
  settings: SandboxSettings,
  time: Clock = systemClock(),
): Promise<Sandbox> {
  const journal = new Journal(settings.stateFile);
  const findings = new Findings(journal);
  const clock = findings.watched(time);
  const behaviours = new Behaviours();
  const identifiers = new Identifiers(settings.seed);
  const deliveries = new Deliveries(clock, journal, identifiers);
  let url = '';
  const parts: SandboxParts = {
    clock,
    identifiers,
    journal,
    behaviours,
    deliveries,
    findings,
    settleMs: settings.settleMs,
    publicUrl: () => settings.publicUrl ?? url,
  };
  const providers = [
    createStripeSandbox(parts, settings.stripe),
    createAdyenSandbox(parts, settings.adyen),
    createPaypalSandbox(parts, settings.paypal),
  ];
  journal.open();
  const app = fastify({ forceCloseConnections: true, exposeHeadRoutes: false });
  const listener = { closeListener: (durationMs: number) => closeListener(app, clock, durationMs) };
  await addRoutes(app, providers, { behaviours, deliveries, findings, journal, ...listener });
  url = await app.listen({ host: settings.host, port: settings.port });
  for (const provider of providers) provider.resume();
  deliveries.resume();
  return {
    url,
    async close() {
      clock.stop();
      deliveries.stop();
      await app.close();
      journal.close();
    },
  };
}

async function addRoutes(
  app: FastifyInstance,
  providers: readonly SandboxProvider[],
  parts: Omit<Parameters<typeof controlRoutes>[1], 'providers'>,
): Promise<void> {
  app.addHook('onRequest', async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
  });
  app.get('/', (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(indexPage(providers)),
  );
  await app.register(async (scope) => controlRoutes(scope, { providers, ...parts }));
  for (const provider of providers) {
    await app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) =>
        done(null, body),
      );
      scope.setErrorHandler((error, request) => {
        if (!isClientError(error)) parts.findings.addError(error, request);
        throw error;
      });
      await provider.routes(scope);
    });
  }
}

/** A request that the server itself refused, as one whose body is too large. */
function isClientError(error: unknown): boolean {
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  return status < 500;
}

/** Connections are refused by the system itself while nobody listens; those that are open are reset. */
function closeListener(app: FastifyInstance, clock: Clock, durationMs: number): void {
  const address = app.server.address();
  if (address === null || typeof address === 'string') return;
  app.server.close();
  app.server.closeAllConnections();
  clock.after(durationMs, () => app.server.listen(address.port, address.address));
}
