import { createServer, type Server, type ServerOptions } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.js';
import { ApiError } from '../errors/api-error.js';
import { watchConnections } from './connections.js';

/** The settings that say where things are served. */
export type PortSettings = Pick<
  Config,
  'ENVIRONMENT' | 'PORT' | 'ADMIN_PORT' | 'METRICS_PORT' | 'WEB_CONCURRENCY'
>;

/** How long callers may take, on every port. */
export function httpOptions({ REQUEST_TIMEOUT_MS: requestTimeout }: Config): ServerOptions {
  return {
    requestTimeout,
    headersTimeout: requestTimeout,
    // Node looks for slow requests now and then: every 30 s unless told.
    connectionsCheckingInterval: requestTimeout / 4,
    // Node would answer these itself, with nothing in the answer.
    requireHostHeader: false,
  };
}

/**
 * Where a route is served; nowhere, if undefined.
 *
 * Operations and metrics are on the partners' port only where somebody says so, or nothing is at stake.
 * Behind a port that several processes share nobody knows whose metrics these are.
 */
export function portOf(route: string, settings: PortSettings): number | undefined {
  const { ENVIRONMENT: environment, PORT: ofPartners } = settings;
  const unlessSaid = environment === 'production' ? undefined : ofPartners;
  if (/^\/admin(?:[/?]|$)/.test(route)) return settings.ADMIN_PORT ?? unlessSaid;
  if (/^\/metrics(?:[/?]|$)/.test(route)) {
    return settings.METRICS_PORT ?? (settings.WEB_CONCURRENCY === 1 ? unlessSaid : undefined);
  }
  return ofPartners;
}

/** Finds no route at a port where it is not served. */
export function separatePorts(fastify: FastifyInstance, settings: PortSettings): void {
  const others = otherPorts(settings);
  fastify.addHook('onRequest', (request, _reply, next) => {
    const { localPort = 0 } = request.socket;
    const port = others.includes(localPort) ? localPort : settings.PORT;
    const route = request.routeOptions.url ?? request.url;
    const isElsewhere = portOf(route, settings) !== port;
    next(isElsewhere ? new ApiError('route_not_found') : undefined);
  });
}

/** Listens where operations and metrics have ports of their own, and answers how to stop that. */
export async function openOtherPorts(
  fastify: FastifyInstance,
  config: Config,
): Promise<() => Promise<void>> {
  const servers = otherPorts(config).map((port) => ({ port, server: serverLike(fastify, config) }));
  for (const { port, server } of servers) {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, config.HOST, resolve);
    });
  }
  const others = servers.map(({ server }) => ({ server, leaveSilent: watchConnections(server) }));
  return async () => {
    const closing = others.map(({ server, leaveSilent }) => {
      leaveSilent();
      return new Promise((resolve) => server.close(resolve));
    });
    await Promise.all(closing);
  };
}

/** A server that answers as the one of the partners does. */
function serverLike(fastify: FastifyInstance, config: Config): Server {
  const server = createServer(httpOptions(config), (request, response) =>
    fastify.routing(request, response),
  );
  for (const event of ['clientError', 'checkExpectation']) {
    for (const listener of fastify.server.listeners(event)) {
      server.on(event, listener as (...given: unknown[]) => void);
    }
  }
  return server;
}

function otherPorts({ PORT: port, ADMIN_PORT: admin, METRICS_PORT: metrics }: PortSettings) {
  const ports = new Set([admin, metrics].filter((each) => each !== undefined));
  ports.delete(port);
  return [...ports];
}
