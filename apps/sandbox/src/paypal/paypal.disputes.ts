import type { SandboxParts } from '../provider.js';
import { shownMoney } from './paypal.currencies.js';
import type { Happening, PaypalEvents } from './paypal.events.js';
import { behaviourOf } from './paypal.magic.js';
import { renderDispute } from './paypal.objects.js';
import type { Capture, Dispute } from './paypal.records.js';
import type { PaypalStore } from './paypal.store.js';

/** Disputes: opened some time after the payment, decided some time after that; or both by hand. */
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

  /** Opens one that stays open until it is closed. */
  open(orderId: string, amountMinor?: number): string {
    const capture = this.store.capturesOf(orderId).find(({ status }) => status === 'COMPLETED');
    if (!capture) throw new Error(`nothing was taken for ${orderId}`);
    const { minor } = capture.amount;
    if ((amountMinor ?? 0) > minor) throw new Error(`${shownMoney(capture.amount)} were taken`);
    const now = this.parts.clock.now();
    const opened = this.store.disputes.put({
      id: `PP-${this.parts.identifiers.plain(12)}`,
      captureId: capture.id,
      createdAt: now,
      updatedAt: now,
      amount: amountMinor === undefined ? undefined : { ...capture.amount, minor: amountMinor },
      status: 'OPEN',
    });
    this.tell(opened);
    return opened.id;
  }

  close(id: string, outcome: Dispute['outcome']): void {
    const dispute = this.store.disputes.get(id);
    if (dispute?.status !== 'OPEN' || dispute.outcome) throw new Error(`${id} is no open dispute`);
    const updatedAt = this.parts.clock.now();
    this.tell(this.store.disputes.put({ ...dispute, outcome, status: 'RESOLVED', updatedAt }));
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
    this.tell(next);
  }

  schedule({ id, due }: Dispute): void {
    if (!due) return;
    const delayMs = Math.max(0, due.at - this.parts.clock.now());
    this.parts.clock.after(delayMs, () => this.advance(id));
  }

  private tell(dispute: Dispute): void {
    const capture = this.store.captureOf(dispute);
    const order = this.store.orderOf(capture);
    const opened = dispute.status === 'OPEN';
    const happening: Happening = {
      type: opened ? 'CUSTOMER.DISPUTE.CREATED' : 'CUSTOMER.DISPUTE.RESOLVED',
      resourceType: 'dispute',
      summary: `A dispute was ${opened ? 'opened' : 'resolved'} with case # ${dispute.id}`,
      resource: renderDispute(dispute, capture, order, this.parts.publicUrl()),
    };
    this.events.tell([happening], behaviourOf(order.instrument).fault.webhooks);
  }
}
