import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Behaviours } from './behaviour.js';
import type { Deliveries } from './deliveries.js';
import { type Fault, faultNamed } from './faults.js';
import type { Journal } from './journal.js';
import type { SandboxProvider } from './provider.js';

/** What the control endpoints act on. */
export interface Controlled {
  providers: readonly SandboxProvider[];
  behaviours: Behaviours;
  deliveries: Deliveries;
  journal: Journal;
  /** Refuses connections for that long. */
  closeListener(durationMs: number): void;
}

interface LedgerRoute {
  Querystring: { transaction_id?: string };
}

const longestOutageMs = 60_000;
const longestLatencyMs = 60_000;
const mostTimes = 1_000_000;

class ControlError extends Error {}

/** `/_sandbox/*`: what tests and curious people ask; no provider has these. */
export function controlRoutes(app: FastifyInstance, controlled: Controlled): void {
  const { providers, behaviours, deliveries, journal } = controlled;
  app.get('/_sandbox/health', () => ({ status: 'ok' }));
  app.get<LedgerRoute>('/_sandbox/charges', ({ query }) => ({
    charges: providers.flatMap((provider) => [...provider.charges(query.transaction_id)]),
  }));
  app.get<LedgerRoute>('/_sandbox/refunds', ({ query }) => ({
    refunds: providers.flatMap((provider) => [...provider.refunds(query.transaction_id)]),
  }));
  app.get('/_sandbox/webhooks', () => ({ webhooks: deliveries.list().map(webhookRow) }));
  app.get('/_sandbox/behaviour', () => ({ behaviours: behaviours.list() }));
  app.post('/_sandbox/behaviour', async (request, reply) => {
    behaviours.add(readBehaviour(request.body));
    return reply.code(201).send({ behaviours: behaviours.list() });
  });
  app.delete('/_sandbox/behaviour', (_request, reply) => {
    behaviours.clear();
    return noContent(reply);
  });
  app.post('/_sandbox/outage', async (request, reply) => {
    const durationMs = integerField(fields(request.body), 'duration_ms', 1, longestOutageMs);
    if (durationMs === undefined) throw new ControlError('duration_ms is needed');
    void reply.header('connection', 'close').code(202).send({ duration_ms: durationMs });
    reply.raw.once('close', () => controlled.closeListener(durationMs));
    return reply;
  });
  app.delete('/_sandbox/state', (_request, reply) => {
    behaviours.clear();
    journal.clear();
    return noContent(reply);
  });
  app.setErrorHandler((error, _request, reply) => {
    const wrong = error instanceof ControlError || error instanceof SyntaxError;
    const message = error instanceof Error ? error.message : String(error);
    return reply.code(wrong ? 400 : 500).send({ error: message });
  });
}

function webhookRow(delivery: ReturnType<Deliveries['list']>[number]): Record<string, unknown> {
  return {
    id: delivery.id,
    provider: delivery.provider,
    type: delivery.type,
    object_id: delivery.objectId,
    status: delivery.status,
    attempts: delivery.attempts,
    last_http_status: delivery.lastHttpStatus ?? null,
    created_at: new Date(delivery.createdAt).toISOString(),
  };
}

function readBehaviour(body: unknown): Parameters<Behaviours['add']>[0] {
  const given = fields(body);
  const known = new Set(['script', 'latency_ms', 'times', 'path', 'method']);
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined) throw new ControlError(`unknown field: ${unknown}`);
  const script = textField(given, 'script');
  const fault = script === undefined ? {} : faultNamed(script);
  if (!fault) throw new ControlError(`unknown script: ${script}`);
  const latency = integerField(given, 'latency_ms', 0, longestLatencyMs);
  const whole: Fault = latency === undefined ? fault : { ...fault, latencyMs: latency };
  return {
    fault: whole,
    script,
    latency_ms: latency,
    times: integerField(given, 'times', 1, mostTimes) ?? 1,
    path: textField(given, 'path'),
    method: textField(given, 'method'),
  };
}

function fields(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  throw new ControlError('the body must be a JSON object');
}

function textField(given: Record<string, unknown>, name: string): string | undefined {
  const value = given[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new ControlError(`${name} must be a string`);
}

function integerField(
  given: Record<string, unknown>,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)
    return Number(value);
  throw new ControlError(`${name} must be an integer from ${least} to ${most}`);
}

function noContent(reply: FastifyReply): FastifyReply {
  return reply.code(204).send();
}
