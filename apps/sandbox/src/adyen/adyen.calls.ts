import type { FastifyReply, FastifyRequest } from 'fastify';
import { sleep } from '../clock.js';
import { type Fault, Refusals } from '../faults.js';
import type { SandboxParts } from '../provider.js';
import type { Answer } from './adyen.answers.js';
import { Arrival, type PathValues } from './adyen.arrival.js';
import { readBody } from './adyen.bodies.js';
import { wrongMerchant } from './adyen.errors.js';
import { type AdyenIdempotency, fingerprintOf } from './adyen.idempotency.js';
import type { AdyenNotifications, Manner } from './adyen.notifications.js';
import type { Call } from './adyen.payments.js';
import type { Structure } from './adyen.kinds.js';
import type { WireObject } from './adyen.wire.js';

export interface Endpoint {
  structure: Structure;
  /** How the payment in question behaves by its own token. */
  mannerOf(body: WireObject, path: PathValues): { fault: Fault; batched?: boolean };
  run(body: WireObject, path: PathValues, call: Call): Answer;
}

/** How every call goes: authenticate, check, replay or run, answer, tell; with the faults in their places. */
export class AdyenCalls {
  private readonly refusals = new Refusals();

  constructor(
    private readonly parts: SandboxParts,
    private readonly merchantAccount: string,
    private readonly idempotency: AdyenIdempotency,
    private readonly notifications: AdyenNotifications,
  ) {}

  async receive(
    endpoint: Endpoint,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const arrival = new Arrival(this.parts, request, reply);
    try {
      arrival.authenticate();
      const body = readBody(request.body, endpoint.structure);
      this.checkMerchant(endpoint.structure, body);
      await this.execute(endpoint, arrival, body);
    } catch (error) {
      await arrival.fail(error);
    }
    return reply;
  }

  private checkMerchant({ fields }: Structure, body: WireObject): void {
    const named = Object.hasOwn(fields, 'merchantAccount');
    if (named && body['merchantAccount'] !== this.merchantAccount) throw wrongMerchant();
  }

  private async execute(endpoint: Endpoint, arrival: Arrival, body: WireObject): Promise<void> {
    const { idempotencyKey, path, request, url } = arrival;
    const own = endpoint.mannerOf(body, path);
    const fault = { ...own.fault, ...arrival.fault };
    if (this.refusals.isRefused(fault, idempotencyKey ?? '')) {
      return arrival.refuse(fault.refuse);
    }
    const call: Call = { idempotencyKey, fault, happenings: [] };
    const run = (): Answer => endpoint.run(body, path, call);
    const manner = { webhooks: fault.webhooks, batched: own.batched };
    if (idempotencyKey === undefined) {
      await this.wait(fault);
      const answer = run();
      return this.tellAndAnswer(arrival, call, manner, answer);
    }
    const fingerprint = fingerprintOf(url, request.body);
    const stored = this.idempotency.claim(idempotencyKey, fingerprint);
    if (stored) {
      await this.wait(arrival.fault);
      return arrival.answer(stored, arrival.fault);
    }
    const answer = await this.runOnce(idempotencyKey, fingerprint, fault, run);
    return this.tellAndAnswer(arrival, call, manner, answer);
  }

  /** Runs under a claimed key and keeps the answer: before it leaves, since it may never arrive. */
  private async runOnce(
    id: string,
    fingerprint: string,
    fault: Fault,
    run: () => Answer,
  ): Promise<Answer> {
    try {
      await this.wait(fault);
      const answer = run();
      this.idempotency.keep({ id, fingerprint, ...answer });
      return answer;
    } finally {
      this.idempotency.release(id);
    }
  }

  private async tellAndAnswer(
    arrival: Arrival,
    { happenings, fault }: Call,
    manner: Manner,
    answer: Answer,
  ): Promise<void> {
    if (fault.webhooks === 'before_reply') {
      for (const delivery of this.notifications.compose(happenings, manner)) {
        await this.parts.deliveries.deliverNow(delivery);
      }
    } else if (happenings.length > 0) {
      const tell = (): void => this.notifications.tell(happenings, manner);
      arrival.reply.raw.once('close', () => this.parts.findings.watch(tell));
    }
    return arrival.answer(answer, fault);
  }

  private async wait({ latencyMs }: Fault): Promise<void> {
    if (latencyMs) await sleep(this.parts.clock, latencyMs);
  }
}
