import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fault } from '../faults.js';
import type { SandboxParts } from '../provider.js';
import { hangUp, sendReply } from '../replies.js';
import { type Answer, errorAnswer } from './adyen.answers.js';
import {
  AdyenError,
  serverError,
  unauthorized,
  unknownCode,
  UnknownFieldError,
} from './adyen.errors.js';

/** What the path carries. */
export interface PathValues {
  psp: string;
}

/** One call to Adyen's API: what came with it, and the ways to answer it. */
export class Arrival {
  readonly path: PathValues;
  readonly url: string;
  readonly idempotencyKey: string | undefined;
  /** The fault that the control endpoint set for this call. */
  readonly fault: Fault;

  constructor(
    private readonly parts: SandboxParts,
    readonly request: FastifyRequest,
    readonly reply: FastifyReply,
  ) {
    this.path = request.params as PathValues;
    this.url = request.url.split('?')[0];
    this.fault = parts.behaviours.take(request.method, this.url);
    this.idempotencyKey = this.header('idempotency-key');
  }

  /** Any key will do but one that begins with `wrong`. */
  authenticate(): void {
    const key = this.header('x-api-key');
    if (key === undefined || key.startsWith('wrong')) throw unauthorized();
  }

  answer({ status, body }: Answer, { reply }: Fault): Promise<void> {
    const headers: Record<string, string> = { 'content-type': 'application/json;charset=utf-8' };
    if (this.idempotencyKey !== undefined) headers['idempotency-key'] = this.idempotencyKey;
    const text = JSON.stringify(body);
    const ready = { status, headers, text, serverError: serverErrorText };
    return sendReply(this.reply, ready, reply, this.parts.clock);
  }

  /** Answers with an error of Adyen's; any other is a fault of the sandbox and goes on. */
  fail(error: unknown): Promise<void> {
    if (!(error instanceof AdyenError)) throw error;
    if (error instanceof UnknownFieldError) {
      this.parts.findings.add('unknown_field', error.message, this.request);
    }
    if (error.transient) void this.reply.header('transient-error', 'true');
    const psp = error.status === 401 ? undefined : this.parts.identifiers.plain(16);
    return this.answer(errorAnswer(error, psp), this.fault);
  }

  /** Turns the call away; nothing was done. */
  refuse(kind: NonNullable<Fault['refuse']>): void {
    if (kind === 'connection') return hangUp(this.reply);
    const { status, body } = errorAnswer(
      kind === 'unknown_code' ? unknownCode() : serverError(kind),
    );
    if (kind === 429) void this.reply.header('retry-after', '1');
    void this.reply.code(status).send(body);
  }

  private header(name: string): string | undefined {
    const value = this.request.headers[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }
}

const serverErrorText = JSON.stringify(errorAnswer(serverError(500)).body);
