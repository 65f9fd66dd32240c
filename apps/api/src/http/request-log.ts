import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ApiRequest } from './request.js';

/** Which payment a request was about, by what is answered. */
const transactions = new WeakMap<FastifyRequest, string>();

/** One line for each answer, without anything that the caller sent. */
export function logRequests(
  fastify: FastifyInstance,
  pino: Logger,
  traceOf?: (request: FastifyRequest) => string | undefined,
): void {
  fastify.addHook('preSerialization', (request, _reply, payload, next) => {
    const id = transactionOf(payload);
    if (id !== undefined) transactions.set(request, id);
    next(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, next) => {
    const { caller, operator } = request as ApiRequest;
    pino.info(
      {
        request_id: request.id,
        trace_id: traceOf?.(request),
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 10) / 10,
        partner_id: caller?.partnerId,
        transaction_id: transactions.get(request),
        operator: operator?.name,
      },
      'answered',
    );
    next();
  });
}

function transactionOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { object, id, transaction_id: of } = answer as Record<string, unknown>;
  const found = object === 'transaction' ? id : of;
  return typeof found === 'string' ? found : undefined;
}
