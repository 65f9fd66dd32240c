import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { ApiRequest } from './request.js';

/** One line for each answer, without anything that the caller sent. */
export function logRequests(fastify: FastifyInstance, pino: Logger): void {
  fastify.addHook('onResponse', (request, reply, next) => {
    const { caller, operator } = request as ApiRequest;
    pino.info(
      {
        request_id: request.id,
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 10) / 10,
        partner_id: caller?.partnerId,
        operator: operator?.name,
      },
      'answered',
    );
    next();
  });
}
