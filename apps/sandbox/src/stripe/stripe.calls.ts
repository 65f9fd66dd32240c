import type { FastifyReply, FastifyRequest } from 'fastify';
import { sleep } from '../clock.js';
import { type Fault, Refusals } from '../faults.js';
import type { SandboxParts } from '../provider.js';
import type { Answer } from './stripe.answers.js';
import { answerOf, Arrival, type PathValues } from './stripe.arrival.js';
import { serverError } from './stripe.errors.js';
import type { Cause, StripeEvents } from './stripe.events.js';
import { fingerprintOf, type StripeIdempotency } from './stripe.idempotency.js';
import type { ParameterTable } from './stripe.parameter-tables.js';
import { Parameters } from './stripe.parameters.js';
import type { Call } from './stripe.payments.js';
import type { WireObject } from './stripe.wire.js';

/** One endpoint that changes something. */
export interface WriteEndpoint {
  parameters: ParameterTable;
  /** The fault that the payment method in question asks for by its token. */
  faultOf(parameters: Parameters, path: PathValues): Fault;
  run(parameters: Parameters, path: PathValues, call: Call): Answer;
}

export interface ReadEndpoint {
  parameters: ParameterTable;
  run(parameters: Parameters, path: PathValues): WireObject;
}

/** How every call goes: authenticate, check, replay or run, answer, tell; with the faults in their places. */
export class StripeCalls {
  private readonly refusals = new Refusals();

  constructor(
    private readonly parts: SandboxParts,
    private readonly idempotency: StripeIdempotency,
    private readonly events: StripeEvents,
  ) {}

  async read(
    endpoint: ReadEndpoint,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const form = new URLSearchParams(request.url.split('?')[1] ?? '');
    const arrival = new Arrival(this.parts, request, reply, form);
    const { fault } = arrival;
    await this.wait(fault);
    if (fault.refuse !== undefined) arrival.refuse(fault.refuse);
    else await this.look(endpoint, arrival);
    return reply;
  }

  async write(
    endpoint: WriteEndpoint,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    const arrival = new Arrival(this.parts, request, reply, form);
    try {
      arrival.authenticate();
      await this.execute(endpoint, arrival);
    } catch (error) {
      await arrival.answer(answerOf(error), arrival.fault);
    }
    return reply;
  }

  private async look(endpoint: ReadEndpoint, arrival: Arrival): Promise<void> {
    try {
      arrival.authenticate();
      const parameters = new Parameters(arrival.form, endpoint.parameters);
      await arrival.show(200, endpoint.run(parameters, arrival.path), arrival.fault);
    } catch (error) {
      await arrival.answer(answerOf(error), arrival.fault);
    }
  }

  private async execute(endpoint: WriteEndpoint, arrival: Arrival): Promise<void> {
    const { claimId, idempotencyKey, request } = arrival;
    const parameters = new Parameters(arrival.form, endpoint.parameters);
    const fault = { ...endpoint.faultOf(parameters, arrival.path), ...arrival.fault };
    const saves = fault.savesError && idempotencyKey !== undefined;
    if (!saves && this.refusals.isRefused(fault, claimId)) return arrival.refuse(fault.refuse);
    const call: Call = { requestId: arrival.requestId, idempotencyKey, fault, happenings: [] };
    const run = (): Answer => {
      if (saves && fault.refuse !== undefined) return answerOf(serverError());
      const answer = endpoint.run(parameters, arrival.path, call);
      return saves ? answerOf(serverError()) : answer;
    };
    if (idempotencyKey === undefined) {
      await this.wait(fault);
      return this.tellAndAnswer(arrival, call, settled(run));
    }
    const fingerprint = fingerprintOf(request.url, arrival.form);
    const stored = this.idempotency.claim(claimId, idempotencyKey, fingerprint);
    if (stored) {
      const original = { 'idempotent-replayed': 'true', 'original-request': stored.requestId };
      void arrival.reply.headers(original);
      await this.wait(arrival.fault);
      return arrival.answer(stored.answer, arrival.fault);
    }
    const answer = await this.runOnce(arrival, fault, fingerprint, run);
    return this.tellAndAnswer(arrival, call, answer);
  }

  /** Runs under a claimed key and keeps the answer: before it leaves, since it may never arrive. */
  private async runOnce(
    { claimId: id, requestId }: Arrival,
    fault: Fault,
    fingerprint: string,
    run: () => Answer,
  ): Promise<Answer> {
    try {
      await this.wait(fault);
      const answer = settled(run);
      const createdAt = this.parts.clock.now();
      if (isKept(answer)) this.idempotency.keep({ id, fingerprint, requestId, createdAt, answer });
      return answer;
    } finally {
      this.idempotency.release(id);
    }
  }

  private async tellAndAnswer(arrival: Arrival, call: Call, answer: Answer): Promise<void> {
    const { happenings, fault } = call;
    const cause: Cause = { ...call, webhooks: fault.webhooks };
    if (happenings.length > 0 && fault.webhooks === 'before_reply') {
      for (const delivery of this.events.compose(happenings, cause)) {
        await this.parts.deliveries.deliverNow(delivery);
      }
    } else if (happenings.length > 0) {
      const tell = (): void => this.events.tell(happenings, cause);
      arrival.reply.raw.once('close', () => this.parts.findings.watch(tell));
    }
    return arrival.answer(answer, fault);
  }

  private async wait({ latencyMs }: Fault): Promise<void> {
    if (latencyMs) await sleep(this.parts.clock, latencyMs);
  }
}

function settled(run: () => Answer): Answer {
  try {
    return run();
  } catch (error) {
    return answerOf(error);
  }
}

/**
 * A decline and a 500 are answers like any other, and so is a refusal that left a payment behind; a request that was
 * refused as wrong did nothing, and may come again.
 */
function isKept({ status, body }: Answer): boolean {
  const hasPayment = body.kind === 'error' && body.payment !== undefined;
  return status === 200 || status === 402 || status === 500 || hasPayment;
}
