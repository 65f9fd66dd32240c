import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Behaviours } from './behaviour.js';
import { ControlError, fields, integerField, textField } from './control.fields.js';
import { moneyControlRoutes } from './control.money.js';
import { webhookControlRoutes } from './control.webhooks.js';
import type { Deliveries } from './deliveries.js';
import { type Fault, faultNamed } from './faults.js';
import type { Findings } from './findings.js';
import type { Journal } from './journal.js';
import type { SandboxProvider } from './provider.js';

/** What the control endpoints act on. */
export interface Controlled {
  providers: readonly SandboxProvider[];
  behaviours: Behaviours;
  deliveries: Deliveries;
  findings: Findings;
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

/** `/_sandbox/*`: what tests and curious people ask; no provider has these. */
export function controlRoutes(app: FastifyInstance, controlled: Controlled): void {
  const { providers, behaviours, deliveries, findings, journal } = controlled;
  app.get('/_sandbox/health', () => ({ status: 'ok' }));
  app.get<LedgerRoute>('/_sandbox/charges', ({ query }) => ({
    charges: providers.flatMap((provider) => [...provider.charges(query.transaction_id)]),
  }));
  app.get<LedgerRoute>('/_sandbox/refunds', ({ query }) => ({
    refunds: providers.flatMap((provider) => [...provider.refunds(query.transaction_id)]),
  }));
  moneyControlRoutes(app, providers);
  webhookControlRoutes(app, deliveries);
  app.get('/_sandbox/findings', () => ({ findings: findings.list() }));
  app.delete('/_sandbox/findings', (_request, reply) => {
    findings.clear();
    return noContent(reply);
  });
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
    const durationMs = integerField(
      fields(request.body, ['duration_ms']),
      'duration_ms',
      1,
      longestOutageMs,
    );
    if (durationMs === undefined) throw new ControlError('duration_ms is needed');
    void reply.header('connection', 'close').code(202).send({ duration_ms: durationMs });
    reply.raw.once('close', () => controlled.closeListener(durationMs));
    return reply;
  });
  app.delete('/_sandbox/state', (_request, reply) => {
    behaviours.clear();
    journal.clear();
    deliveries.release();
    return noContent(reply);
  });
  app.setErrorHandler((error, request, reply) => {
    const wrong = error instanceof ControlError || error instanceof SyntaxError;
    if (!wrong) findings.addError(error, request);
    const message = error instanceof Error ? error.message : String(error);
    return reply.code(wrong ? 400 : 500).send({ error: message });
  });
}

function readBehaviour(body: unknown): Parameters<Behaviours['add']>[0] {
  const given = fields(body, ['script', 'latency_ms', 'times', 'path', 'method']);
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

function noContent(reply: FastifyReply): FastifyReply {
  return reply.code(204).send();
}
