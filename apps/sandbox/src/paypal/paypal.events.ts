import type { NewDelivery } from '../deliveries.js';
import type { Fault } from '../faults.js';
import type { SandboxParts } from '../provider.js';
import { checkPublished } from './paypal.shapes.js';
import type { WireObject } from './paypal.wire.js';

export type EventType =
  | 'CHECKOUT.ORDER.APPROVED'
  | `PAYMENT.CAPTURE.${'COMPLETED' | 'PENDING' | 'DENIED' | 'DECLINED' | 'REFUNDED' | 'REVERSED'}`
  | `PAYMENT.REFUND.${'PENDING' | 'FAILED'}`
  | `CUSTOMER.DISPUTE.${'CREATED' | 'RESOLVED'}`;

/** Something that PayPal would tell by webhook; the resource is as it was at that moment. */
export interface Happening {
  type: EventType;
  resourceType: 'checkout-order' | 'capture' | 'refund' | 'dispute';
  summary: string;
  resource: WireObject;
  /** How long to hold it, so that a newer one overtakes it. */
  delayMs?: number;
}

const shapeOf = {
  'checkout-order': 'order',
  capture: 'whole capture',
  refund: 'refund',
  dispute: 'dispute',
} as const;

const repeatedCopies = 10;
const overtakingMs = 200;

export class PaypalEvents {
  constructor(
    private readonly parts: SandboxParts,
    /** The account whose webhook is told. */
    private readonly account: string | undefined,
  ) {}

  get isOpen(): boolean {
    return this.parts.deliveries.isOpen('paypal', this.account);
  }

  /** The deliveries that tell what happened, in the order and number that the fault wants. */
  compose(happenings: readonly Happening[], webhooks?: Fault['webhooks']): NewDelivery[] {
    if (!this.isOpen) return [];
    const last = happenings.length - 1;
    return happenings.map((happening, index) => ({
      ...this.write(happening),
      copies: webhooks === 'repeated' ? repeatedCopies : 1,
      delayMs: happening.delayMs ?? (webhooks === 'reversed' ? (last - index) * overtakingMs : 0),
    }));
  }

  tell(happenings: readonly Happening[], webhooks?: Fault['webhooks']): void {
    for (const delivery of this.compose(happenings, webhooks)) {
      this.parts.deliveries.enqueue(delivery);
    }
  }

  private write({ type, resourceType, summary, resource }: Happening): NewDelivery {
    const { identifiers, clock } = this.parts;
    const id = `WH-${identifiers.plain()}-${identifiers.plain()}`;
    const url = `${this.parts.publicUrl()}/v1/notifications/webhooks-events/${id}`;
    const event = {
      id,
      event_version: '1.0',
      create_time: new Date(clock.now()).toISOString(),
      resource_type: resourceType,
      ...(resourceType !== 'dispute' && { resource_version: '2.0' }),
      event_type: type,
      summary,
      resource,
      links: [
        { href: url, rel: 'self', method: 'GET' },
        { href: `${url}/resend`, rel: 'resend', method: 'POST' },
      ],
    };
    checkPublished('event', event);
    checkPublished(shapeOf[resourceType], resource);
    return {
      id,
      provider: 'paypal',
      account: this.account,
      type,
      objectId: String(resource['id'] ?? resource['dispute_id']),
      payload: JSON.stringify(event),
    };
  }
}
