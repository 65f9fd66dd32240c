import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fault } from '../faults.js';
import type { SandboxParts } from '../provider.js';
import { hangUp, sendReply } from '../replies.js';
import {
  issue,
  OAuthError,
  PaypalError,
  renderError,
  UnknownFieldError,
  unknownIssue,
} from './paypal.errors.js';
import { isIssue } from './paypal.issues.js';
import { checkPublished } from './paypal.shapes.js';
import type { WireObject } from './paypal.wire.js';

/** What the path carries. */
export interface PathValues {
  id: string;
}

/** An answer before it is text. */
export interface Answer {
  status: number;
  body?: WireObject;
}

/** One call to PayPal's API: what came with it, and the ways to answer it. */
export class PaypalArrival {
  readonly debugId: string;
  /** The fault that the control endpoint set for this call. */
  readonly fault: Fault;
  readonly path: string;
  readonly values: PathValues;

  constructor(
    private readonly parts: SandboxParts,
    readonly request: FastifyRequest,
    readonly reply: FastifyReply,
  ) {
    this.debugId = parts.identifiers.plain(13).toLowerCase();
    this.path = request.url.split('?')[0];
    this.fault = parts.behaviours.take(request.method, this.path);
    this.values = request.params as PathValues;
    void reply.header('paypal-debug-id', this.debugId);
  }

  get requestId(): string | undefined {
    return this.header('paypal-request-id');
  }

  get wantsMinimal(): boolean {
    return this.header('prefer') !== 'return=representation';
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** The body, `{}` for none; throws PayPal's error for one that is no JSON. */
  json(): unknown {
    const type = this.header('content-type') ?? '';
    if (!/^application\/json\b/i.test(type)) throw new PaypalError(415);
    const { body } = this.request;
    if (typeof body !== 'string' || body === '') return {};
    try {
      return JSON.parse(body);
    } catch {
      throw issue('MALFORMED_REQUEST_JSON', { field: '/' });
    }
  }

  /** Throws the error that the client asked to be given, as PayPal's own sandbox does. */
  mock(): void {
    const wanted = this.header('paypal-mock-response');
    if (wanted === undefined) return;
    const code = /"mock_application_codes"\s*:\s*"(\w+)"/.exec(wanted)?.[1] ?? '';
    if (isIssue(code)) throw issue(code);
  }

  answerOf(error: unknown): Answer {
    if (error instanceof OAuthError) {
      const body = { error: error.code, error_description: error.message };
      checkPublished('token error', body);
      return { status: error.status, body };
    }
    if (!(error instanceof PaypalError)) throw error;
    if (error instanceof UnknownFieldError) {
      this.parts.findings.add('unknown_field', `${error.field} is not published`, this.request);
    }
    const body = renderError(error, this.debugId, this.path);
    checkPublished('error', body);
    return { status: error.status, body };
  }

  send({ status, body }: Answer, fault: Fault): Promise<void> {
    const { clock } = this.parts;
    const headers = { 'content-type': 'application/json' };
    const text = body === undefined ? '' : JSON.stringify(body);
    const serverError = JSON.stringify(this.answerOf(issue('INTERNAL_SERVER_ERROR')).body);
    return sendReply(this.reply, { status, headers, text, serverError }, fault.reply, clock);
  }

  /** Turns the call away; nothing was done. */
  refuse(kind: NonNullable<Fault['refuse']>): void {
    if (kind === 'connection') return hangUp(this.reply);
    if (kind === 'unknown_code') {
      return void this.reply.code(422).send(this.answerOf(unknownIssue()).body);
    }
    const code = kind === 500 ? 'INTERNAL_SERVER_ERROR' : 'RATE_LIMIT_REACHED';
    if (kind === 429) void this.reply.header('retry-after', '1');
    void this.reply.code(kind).send(this.answerOf(issue(code)).body);
  }
}
