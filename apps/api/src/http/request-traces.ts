import type { Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Tracing } from '../platform/tracing.js';
import { methodOf, routeOf } from './request-metrics.js';

/** What is asked every few seconds, and says nothing. */
const probes = /^\/(?:health\/|metrics$)/;

/**
 * Makes a span of every request but those of probes, and of all that it calls a part of its trace.
 *
 * @returns the trace of a request
 */
export function traceRequests(
  fastify: FastifyInstance,
  tracing: Tracing,
): (request: FastifyRequest) => string | undefined {
  const spans = new WeakMap<FastifyRequest, Span>();
  fastify.addHook('onRequest', (request, _reply, next) => {
    const route = routeOf(request);
    if (probes.test(route)) return next();
    const method = methodOf(request);
    const attributes = {
      'http.request.method': method,
      'http.route': route,
      request_id: request.id,
    };
    const { traceparent } = request.headers;
    const span = tracing.openRequest(`${method} ${route}`, attributes, traceparent);
    spans.set(request, span);
    tracing.within(span, next);
  });
  // A body is read in the context of its connection.
  fastify.addHook('preValidation', (request, _reply, next) => {
    const span = spans.get(request);
    if (span) tracing.within(span, next);
    else next();
  });
  const end = (request: FastifyRequest, { statusCode }: FastifyReply) => {
    const span = spans.get(request);
    if (!span?.isRecording()) return;
    span.setAttribute('http.response.status_code', statusCode);
    if (statusCode >= 500) {
      span.setAttribute('error.type', String(statusCode));
      tracing.markFailed(span);
    }
    span.end();
  };
  // The answer to a caller that is gone is never over.
  fastify.addHook('onSend', (request, reply, payload, next) => {
    if (request.raw.socket.destroyed) end(request, reply);
    next(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, next) => {
    end(request, reply);
    next();
  });
  return (request) => spans.get(request)?.spanContext().traceId;
}
