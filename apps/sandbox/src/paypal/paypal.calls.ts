import type { FastifyReply, FastifyRequest } from 'fastify';
import { sleep } from '../clock.js';
import { type Fault, Refusals } from '../faults.js';
import type { SandboxParts } from '../provider.js';
import { type Answer, PaypalArrival, type PathValues } from './paypal.arrival.js';
import type { Call, Outcome } from './paypal.call.js';
import { PaypalError } from './paypal.errors.js';
import type { PaypalEvents } from './paypal.events.js';
import { checkFields, type Fields } from './paypal.fields.js';
import type { PaypalIdempotency } from './paypal.idempotency.js';
import type { PaypalTokens } from './paypal.tokens.js';
import type { WireObject } from './paypal.wire.js';

/** One endpoint that changes something. */
export interface WriteEndpoint {
  fields: Fields;
  /** The fault that the instrument in question asks for by its vault id. */
  faultOf(body: unknown, path: PathValues): Fault;
  run(body: unknown, path: PathValues, call: Call): Outcome;
}

export type ReadEndpoint = (path: PathValues) => WireObject;

export type Render = (outcome: Exclude<Outcome, { kind: 'error' }>, minimal: boolean) => WireObject;

/** How every call goes: authenticate, check, replay or run, answer, tell; with the faults in their places. */
export class PaypalCalls {
  private readonly refusals = new Refusals();

  constructor(
    private readonly parts: SandboxParts,
    private readonly tokens: PaypalTokens,
    private readonly idempotency: PaypalIdempotency,
    private readonly events: PaypalEvents,
    private readonly render: Render,
  ) {}

  /** A call that changes no payment: a read, or one for an access token. */
  async look(
    request: FastifyRequest,
    reply: FastifyReply,
    run: (arrival: PaypalArrival) => WireObject,
  ): Promise<FastifyReply> {
    const arrival = new PaypalArrival(this.parts, request, reply);
    const { fault } = arrival;
    await this.wait(fault);
    if (this.refusals.isRefused(fault, arrival.path)) arrival.refuse(fault.refuse);
    else
      await arrival.send(
        this.answered(arrival, () => ({ status: 200, body: run(arrival) })),
        fault,
      );
    return reply;
  }

  read(
    endpoint: ReadEndpoint,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    return this.look(request, reply, (arrival) => {
      this.tokens.clientOf(arrival.header('authorization'));
      arrival.mock();
      return endpoint(arrival.values);
    });
  }

  async write(
    endpoint: WriteEndpoint,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const arrival = new PaypalArrival(this.parts, request, reply);
    try {
      const clientId = this.tokens.clientOf(arrival.header('authorization'));
      const body = arrival.json();
      arrival.mock();
      checkFields(body, endpoint.fields);
      await this.execute(endpoint, arrival, clientId, body);
    } catch (error) {
      await arrival.send(arrival.answerOf(error), arrival.fault);
    }
    return reply;
  }

  private async execute(
    endpoint: WriteEndpoint,
    arrival: PaypalArrival,
    clientId: string,
    body: unknown,
  ): Promise<void> {
    const { requestId, path, values } = arrival;
    const claimId = `${clientId} ${path} ${requestId}`;
    const fault = { ...endpoint.faultOf(body, values), ...arrival.fault };
    if (this.refusals.isRefused(fault, claimId)) return arrival.refuse(fault.refuse);
    const call: Call = { requestId, fault, happenings: [] };
    const run = (): Outcome => outcomeOf(() => endpoint.run(body, values, call));
    if (requestId === undefined) {
      await this.wait(fault);
      return this.tellAndSend(arrival, call, this.answer(arrival, run(), 201));
    }
    const earlier = this.idempotency.claim(claimId, requestId, path);
    if (earlier) {
      await this.wait(arrival.fault);
      return arrival.send(this.answer(arrival, earlier, 200), arrival.fault);
    }
    const answer = this.answer(arrival, await this.runOnce(claimId, fault, run), 201);
    return this.tellAndSend(arrival, call, answer);
  }

  /** Runs under a claimed id and keeps the outcome: before the answer leaves, since it may never arrive. */
  private async runOnce(claimId: string, fault: Fault, run: () => Outcome): Promise<Outcome> {
    try {
      await this.wait(fault);
      const outcome = run();
      if (isKept(outcome)) this.idempotency.keep(claimId, outcome);
      return outcome;
    } finally {
      this.idempotency.release(claimId);
    }
  }

  private async tellAndSend(arrival: PaypalArrival, call: Call, answer: Answer): Promise<void> {
    const { happenings, fault } = call;
    if (happenings.length > 0 && fault.webhooks === 'before_reply') {
      for (const delivery of this.events.compose(happenings, fault.webhooks)) {
        await this.parts.deliveries.deliverNow(delivery);
      }
    } else if (happenings.length > 0) {
      const tell = (): void => this.events.tell(happenings, fault.webhooks);
      arrival.reply.raw.once('close', () => this.parts.findings.watch(tell));
    }
    return arrival.send(answer, fault);
  }

  private answer(arrival: PaypalArrival, outcome: Outcome, status: number): Answer {
    if (outcome.kind !== 'error') {
      return { status, body: this.render(outcome, arrival.wantsMinimal) };
    }
    const { error } = outcome;
    return arrival.answerOf(new PaypalError(error.status, error.details));
  }

  private answered(arrival: PaypalArrival, run: () => Answer): Answer {
    try {
      return run();
    } catch (error) {
      return arrival.answerOf(error);
    }
  }

  private async wait({ latencyMs }: Fault): Promise<void> {
    if (latencyMs) await sleep(this.parts.clock, latencyMs);
  }
}

function outcomeOf(run: () => Outcome): Outcome {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof PaypalError)) throw error;
    const { status, details } = error;
    return { kind: 'error', error: { status, details } };
  }
}

/** A decline is an answer like any other; a request that was refused as wrong did nothing, and may come again. */
function isKept(outcome: Outcome): boolean {
  return outcome.kind !== 'error' || outcome.error.details.kept === true;
}
