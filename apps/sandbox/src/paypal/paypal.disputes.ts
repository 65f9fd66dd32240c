import type { SandboxParts } from '../provider.js';
import { shownMoney } from './paypal.currencies.js';
import type { Happening, PaypalEvents } from './paypal.events.js';
import { behaviourOf } from './paypal.magic.js';
import { renderDispute, renderRefund } from './paypal.objects.js';
import type { Capture, Dispute } from './paypal.records.js';
import type { PaypalStore } from './paypal.store.js';

/** Disputes: opened some time after the payment, decided some time after that. */
export class PaypalDisputes {
  constructor(
    private readonly parts: SandboxParts,
    private readonly store: PaypalStore,
    private readonly events: PaypalEvents,
  ) {}

  announce(capture: Capture, outcome: Dispute['outcome']): void {
    const { clock, identifiers, settleMs } = this.parts;
    const now = clock.now();
    const dispute: Dispute = {
      id: `PP-${identifiers.plain(12)}`,
      captureId: capture.id,
      createdAt: now,
      updatedAt: now,
      status: 'ANNOUNCED',
      outcome,
      due: { at: now + settleMs },
    };
    this.schedule(this.store.disputes.put(dispute));
  }

  /** Opens a dispute that was announced, decides one that is open. */
  advance(id: string): void {
    const dispute = this.store.disputes.get(id);
    if (!dispute?.due) return;
    const now = this.parts.clock.now();
    const opened = dispute.status === 'ANNOUNCED';
    const next = this.store.disputes.put({
      ...dispute,
      createdAt: opened ? now : dispute.createdAt,
      updatedAt: now,
      status: opened ? 'OPEN' : 'RESOLVED',
      due: opened ? { at: now + this.parts.settleMs } : undefined,
    });
    this.schedule(next);
    const reversed = !opened && next.outcome === 'lost';
    this.tell([this.told(next), ...(reversed ? [this.reversal(next)] : [])], next);
  }

  schedule({ id, due }: Dispute): void {
    if (!due) return;
    const delayMs = Math.max(0, due.at - this.parts.clock.now());
    this.parts.clock.after(delayMs, () => this.advance(id));
  }

  private tell(happenings: Happening[], dispute: Dispute): void {
    const order = this.store.orderOf(this.store.captureOf(dispute));
    this.events.tell(happenings, behaviourOf(order.instrument).fault.webhooks);
  }

  private told(dispute: Dispute): Happening {
    const capture = this.store.captureOf(dispute);
    const order = this.store.orderOf(capture);
    const opened = dispute.status === 'OPEN';
    return {
      type: opened ? 'CUSTOMER.DISPUTE.CREATED' : 'CUSTOMER.DISPUTE.RESOLVED',
      resourceType: 'dispute',
      summary: `A dispute was ${opened ? 'opened' : 'resolved'} with case # ${dispute.id}`,
      resource: renderDispute(dispute, capture, order, this.parts.publicUrl()),
    };
  }

  /** PayPal takes the money back; the resource has the form of a refund, and is none. */
  private reversal(dispute: Dispute): Happening {
    const { id: captureId, amount } = this.store.captureOf(dispute);
    const now = this.parts.clock.now();
    const reversal = {
      id: this.parts.identifiers.plain(),
      captureId,
      createdAt: now,
      updatedAt: now,
      amount,
      status: 'COMPLETED',
      totalMinor: amount.minor,
    } as const;
    return {
      type: 'PAYMENT.CAPTURE.REVERSED',
      resourceType: 'refund',
      summary: `A payment of ${shownMoney(amount)} was reversed`,
      resource: renderRefund(reversal, this.parts.publicUrl(), false),
    };
  }
}
