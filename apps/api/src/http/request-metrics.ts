import { METHODS } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { MetricsService } from '../platform/metrics.service.js';

const methods = new Set(METHODS);

/** Counts every answer by its route, and times it. A path that is no route has no name. */
export function measureRequests(fastify: FastifyInstance, metrics: MetricsService): void {
  fastify.addHook('onResponse', (request, reply, next) => {
    const [route, method] = [routeOf(request), methodOf(request)];
    metrics.requests.inc({ method, route, status: reply.statusCode });
    metrics.requestDuration.observe({ method, route }, reply.elapsedTime / 1_000);
    next();
  });
}

/** The pattern of the route, or `none`. */
export function routeOf({ is404, routeOptions }: FastifyRequest): string {
  return is404 ? 'none' : (routeOptions.url ?? 'none');
}

/** The method, or `other`. */
export function methodOf({ method }: FastifyRequest): string {
  return methods.has(method) ? method : 'other';
}
