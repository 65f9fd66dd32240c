import { createHmac } from 'node:crypto';
import type { SandboxParts } from '../provider.js';
import type { NewDelivery } from '../deliveries.js';
import type { Fault } from '../faults.js';
import type { PublishedKind } from './stripe.shapes.js';
import { seconds, type WireObject } from './stripe.wire.js';

export const apiVersion = '2026-10-28.endive';

export type EventType =
  | `payment_intent.${'succeeded' | 'processing' | 'payment_failed' | 'canceled' | 'requires_action'}`
  | 'charge.refunded'
  | `charge.dispute.${'created' | 'closed' | 'funds_withdrawn' | 'funds_reinstated'}`
  | `refund.${'created' | 'updated' | 'failed'}`;

/** Something that Stripe would tell by webhook; the object is as it was at that moment. */
export interface Happening {
  type: EventType;
  object: WireObject;
  /** How long to hold it, so that a newer one overtakes it. */
  delayMs?: number;
}

/** The call that an event came of; a change that came by itself has none. */
export interface Cause {
  requestId?: string;
  idempotencyKey?: string;
  webhooks?: Fault['webhooks'];
}

const repeatedCopies = 10;
const overtakingMs = 200;

/** `Stripe-Signature` as in docs.stripe.com/webhooks#verify-manually: the whole secret, `whsec_` included. */
export function signature(secret: string, payload: string, nowMs: number): string {
  const timestamp = seconds(nowMs);
  const digest = createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex');
  return `t=${timestamp},v1=${digest}`;
}

export class StripeEvents {
  constructor(
    private readonly parts: SandboxParts,
    private readonly check: (kind: PublishedKind, object: WireObject) => void,
    /** The account whose endpoint is told. */
    private readonly account: string | undefined,
  ) {}

  /** Whether anyone listens. */
  get isHeard(): boolean {
    return this.parts.deliveries.isOpen('stripe', this.account);
  }

  /** The deliveries that tell what happened, in the order and number that the fault wants. */
  compose(happenings: readonly Happening[], cause: Cause): NewDelivery[] {
    if (!this.isHeard) return [];
    const last = happenings.length - 1;
    return happenings.map((happening, index) => ({
      ...this.write(happening, cause),
      copies: cause.webhooks === 'repeated' ? repeatedCopies : 1,
      delayMs:
        happening.delayMs ?? (cause.webhooks === 'reversed' ? (last - index) * overtakingMs : 0),
    }));
  }

  tell(happenings: readonly Happening[], cause: Cause = {}): void {
    for (const delivery of this.compose(happenings, cause)) this.parts.deliveries.enqueue(delivery);
  }

  private write({ type, object }: Happening, cause: Cause): NewDelivery {
    const id = this.parts.identifiers.next('evt');
    const event = {
      id,
      object: 'event',
      api_version: apiVersion,
      created: seconds(this.parts.clock.now()),
      data: { object },
      livemode: false,
      pending_webhooks: 1,
      request: { id: cause.requestId ?? null, idempotency_key: cause.idempotencyKey ?? null },
      type,
    };
    this.check('event', event);
    this.check(object['object'] as PublishedKind, object);
    return {
      id,
      provider: 'stripe',
      account: this.account,
      type,
      objectId: String(object['id']),
      payload: JSON.stringify(event),
    };
  }
}
