import { METHODS } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { MetricsService } from '../platform/metrics.service.js';

const methods = new Set(METHODS);

/** Counts every answer by its route, and times it. A path that is no route has no name. */
export function measureRequests(fastify: FastifyInstance, metrics: MetricsService): void {
  fastify.addHook('onResponse', (request, reply, next) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const method = methods.has(request.method) ? request.method : 'other';
    metrics.requests.inc({ method, route, status: reply.statusCode });
    metrics.requestDuration.observe({ method, route }, reply.elapsedTime / 1_000);
    next();
  });
}
