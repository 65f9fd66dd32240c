import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fault } from '../faults.js';
import type { SandboxParts } from '../provider.js';
import { hangUp, sendReply, serverErrorText } from '../replies.js';
import type { Answer } from './stripe.answers.js';
import { invalidRequest, StripeError, unauthorized } from './stripe.errors.js';
import { apiVersion } from './stripe.events.js';
import { renderAnswer } from './stripe.objects.js';
import { checkPublished } from './stripe.shapes.js';
import type { WireObject } from './stripe.wire.js';

/** What the path carries. */
export interface PathValues {
  id: string;
}

/** One call to Stripe's API: what came with it, and the ways to answer it. */
export class Arrival {
  readonly requestId: string;
  /** The fault that the control endpoint set for this call. */
  readonly fault: Fault;
  readonly path: PathValues;
  readonly idempotencyKey: string | undefined;
  /** Tells the same key of two accounts apart. */
  readonly claimId: string;

  constructor(
    private readonly parts: SandboxParts,
    readonly request: FastifyRequest,
    readonly reply: FastifyReply,
    readonly form: URLSearchParams,
  ) {
    this.requestId = parts.identifiers.next('req', 6);
    this.fault = parts.behaviours.take(request.method, request.url.split('?')[0]);
    this.path = request.params as PathValues;
    this.idempotencyKey = this.header('idempotency-key');
    this.claimId = `${this.header('authorization')} ${this.idempotencyKey}`;
    const version = this.header('stripe-version') ?? apiVersion;
    void reply.headers({ 'request-id': this.requestId, 'stripe-version': version });
  }

  authenticate(): void {
    const authorization = this.header('authorization');
    if (!/^Bearer sk_test_\w{1,200}$/.test(authorization ?? '')) throw unauthorized(authorization);
    const version = this.header('stripe-version');
    if (version !== undefined && !/^\d{4}-\d{2}-\d{2}(?:\.\w+)?$/.test(version)) {
      throw invalidRequest(`Invalid Stripe API version: ${version.slice(0, 40)}`);
    }
  }

  answer(answer: Answer, fault: Fault): Promise<void> {
    const object = renderAnswer(answer);
    checkPublished(answer.body.kind, object);
    this.noteUnknown(answer);
    const advice = retryAdvice[answer.status];
    if (advice !== undefined) void this.reply.header('stripe-should-retry', advice);
    return this.show(answer.status, object, fault);
  }

  show(status: number, object: WireObject, fault: Fault): Promise<void> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (this.idempotencyKey !== undefined) headers['idempotency-key'] = this.idempotencyKey;
    const text = JSON.stringify(object);
    return sendReply(this.reply, { status, headers, text }, fault.reply, this.parts.clock);
  }

  /** Turns the call away; nothing was done. */
  refuse(kind: NonNullable<Fault['refuse']>): void {
    if (kind === 'connection') return hangUp(this.reply);
    if (kind === 'unknown_code') return void this.reply.code(400).send(unknownCode);
    void this.reply.header('content-type', 'application/json').code(kind);
    if (kind === 500) void this.reply.send(serverErrorText);
    else void this.reply.header('retry-after', '1').send(rateLimitText);
  }

  private noteUnknown({ body }: Answer): void {
    if (body.kind !== 'error' || body.fields.code !== 'parameter_unknown') return;
    this.parts.findings.add('unknown_field', body.fields.message, this.request);
  }

  private header(name: string): string | undefined {
    const value = this.request.headers[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }
}

/** Another call with the key is under way, so its answer will come; a 500 that was kept will come again. */
const retryAdvice: Readonly<Record<number, string>> = { 409: 'true', 500: 'false' };

/** A code that Stripe does not publish, as it might publish tomorrow. */
const unknownCode = {
  error: {
    type: 'invalid_request_error',
    code: 'refused_by_the_moon',
    message: 'The moon refuses this request.',
  },
};

const rateLimitText = JSON.stringify({
  error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests.' },
});

/** The answer that an error object is; any other error is a fault of the sandbox and goes on. */
export function answerOf(error: unknown): Answer {
  if (!(error instanceof StripeError)) throw error;
  const { status, fields, payment } = error;
  return { status, body: { kind: 'error', fields, payment } };
}
