import type { FastifyInstance } from 'fastify';
import { fields, flagField } from './control.fields.js';
import type { Deliveries, Delivery } from './deliveries.js';

interface ListRoute {
  Querystring: { payloads?: string };
}

/** What became of each webhook, holding them back so that a test can deliver them itself, and a place for those to partners. */
export function webhookControlRoutes(app: FastifyInstance, deliveries: Deliveries): void {
  app.get<ListRoute>('/_sandbox/webhooks', ({ query }) => ({
    webhooks: deliveries.list().map((delivery) => ({
      ...webhookRow(delivery),
      ...(query.payloads === 'true' && letterOf(deliveries, delivery)),
    })),
  }));
  app.post('/_sandbox/webhooks/hold', (_request, reply) => {
    deliveries.hold();
    return reply.code(204).send();
  });
  app.post('/_sandbox/webhooks/release', (request, reply) => {
    const discard = flagField(fields(request.body ?? {}, ['discard']), 'discard');
    if (discard) deliveries.discardPending();
    deliveries.release();
    return reply.code(204).send();
  });
  app.post('/_sandbox/partner-webhooks', (_request, reply) => reply.code(204).send());
}

function webhookRow(delivery: Delivery): Record<string, unknown> {
  return {
    id: delivery.id,
    provider: delivery.provider,
    account: delivery.account ?? 'default',
    type: delivery.type,
    object_id: delivery.objectId,
    status: delivery.status,
    attempts: delivery.attempts,
    last_http_status: delivery.lastHttpStatus ?? null,
    created_at: new Date(delivery.createdAt).toISOString(),
  };
}

/** The whole webhook, signed now; nulls once it is delivered. */
function letterOf(deliveries: Deliveries, delivery: Delivery): Record<string, unknown> {
  const letter = deliveries.letter(delivery);
  return letter ? { ...letter } : { url: null, headers: null, payload: null };
}
