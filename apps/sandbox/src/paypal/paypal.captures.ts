import type { SandboxParts } from '../provider.js';
import { shownMoney } from './paypal.currencies.js';
import type { PaypalDisputes } from './paypal.disputes.js';
import type { Call } from './paypal.call.js';
import { issue } from './paypal.errors.js';
import type { EventType, Happening, PaypalEvents } from './paypal.events.js';
import { behaviourOf, type InstrumentBehaviour, underFault } from './paypal.magic.js';
import { payerLink, renderCapture } from './paypal.objects.js';
import type { Capture, Order } from './paypal.records.js';
import type { PaypalRefunds } from './paypal.refunds.js';
import type { PaypalStore } from './paypal.store.js';

/** How much later than the settlement a held webhook leaves. */
const overtakenMs = 400;
const mostAttempts = 10;

/** Moves money: the only place that makes a capture or settles one. */
export class PaypalCaptures {
  constructor(
    private readonly parts: SandboxParts,
    private readonly store: PaypalStore,
    private readonly events: PaypalEvents,
    private readonly disputes: PaypalDisputes,
    private readonly refunds: PaypalRefunds,
  ) {}

  /** Takes the money for an order that may be captured. Answers the order, or throws PayPal's error. */
  take(order: Order, call: Call): Order {
    if (this.store.isInvoicePaid(order.invoiceId)) throw issue('DUPLICATE_INVOICE_ID');
    const failed = this.store.capturesOf(order.id).filter(({ status }) => status === 'FAILED');
    if (failed.length >= mostAttempts) throw issue('MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED');
    const behaviour = underFault(behaviourOf(order.instrument), call.fault);
    switch (behaviour.outcome) {
      case 'succeed':
      case 'authenticate':
        return this.complete(order, this.newCapture(order), call.happenings);
      case 'decline':
      case 'late_success':
        return this.decline(order, behaviour, call);
      case 'settle':
      case 'settle_fail':
        return this.hold(order, behaviour, call);
    }
  }

  /** Carries out a change that was to come by itself. */
  settle(id: string): void {
    const capture = this.store.captures.get(id);
    if (!capture?.due) return;
    const order = this.store.orderOf(capture);
    const happenings: Happening[] = [];
    const settled = { ...capture, due: undefined };
    switch (capture.due.outcome) {
      case 'complete':
        this.complete(order, settled, happenings);
        break;
      case 'pay_again':
        this.store.captures.put(settled);
        this.complete(order, this.newCapture(order), happenings);
        break;
      case 'reverse':
        this.refunds.reverse(this.store.captures.put(settled));
        break;
      case 'deny':
        this.change({ ...settled, status: 'DECLINED' }, order, 'DENIED', happenings);
        break;
    }
    const { webhooks } = behaviourOf(order.instrument).fault;
    this.events.tell(happenings, webhooks === 'reversed' ? undefined : webhooks);
  }

  schedule({ id, due }: Capture): void {
    if (!due) return;
    const delayMs = Math.max(0, due.at - this.parts.clock.now());
    this.parts.clock.after(delayMs, () => this.settle(id));
  }

  private complete(order: Order, capture: Capture, happenings: Happening[]): Order {
    const { dispute, reversed } = behaviourOf(order.instrument);
    const at = this.parts.clock.now() + this.parts.settleMs;
    const due = reversed ? ({ at, outcome: 'reverse' } as const) : undefined;
    const taken = { ...capture, status: 'COMPLETED', due } as const;
    const paid = this.change(taken, order, 'COMPLETED', happenings);
    this.schedule(paid);
    if (dispute) this.disputes.announce(paid, dispute);
    return this.completed(order);
  }

  private hold(order: Order, { outcome }: InstrumentBehaviour, call: Call): Order {
    const at = this.parts.clock.now() + this.parts.settleMs;
    const due = { at, outcome: outcome === 'settle' ? 'complete' : 'deny' } as const;
    const delayMs =
      call.fault.webhooks === 'reversed' ? this.parts.settleMs + overtakenMs : undefined;
    const pending = { ...this.newCapture(order), status: 'PENDING', due } as const;
    this.schedule(this.change(pending, order, 'PENDING', call.happenings, delayMs));
    return this.completed(order);
  }

  /** A card that is declined completes its order; for a wallet PayPal answers an error instead. */
  private decline(order: Order, behaviour: InstrumentBehaviour, call: Call): Order {
    const { outcome, responseCode } = behaviour;
    const at = this.parts.clock.now() + this.parts.settleMs;
    const due = outcome === 'late_success' ? ({ at, outcome: 'pay_again' } as const) : undefined;
    const capture = { ...this.newCapture(order), responseCode, due };
    if (order.instrument?.kind === 'card') {
      const declined = { ...capture, status: 'DECLINED' } as const;
      this.schedule(this.change(declined, order, 'DECLINED', call.happenings));
      return this.completed(order);
    }
    this.schedule(this.store.captures.put({ ...capture, status: 'FAILED' }));
    const links = [payerLink(order.id, this.parts.publicUrl(), 'redirect')];
    throw issue('INSTRUMENT_DECLINED', {}, { links, kept: true });
  }

  private completed(order: Order): Order {
    const current = this.store.orders.get(order.id) ?? order;
    return this.store.orders.put({
      ...current,
      status: 'COMPLETED',
      updatedAt: this.parts.clock.now(),
    });
  }

  private change(
    capture: Capture,
    order: Order,
    status: 'COMPLETED' | 'PENDING' | 'DENIED' | 'DECLINED',
    happenings: Happening[],
    delayMs?: number,
  ): Capture {
    const row = this.store.captures.put({ ...capture, updatedAt: this.parts.clock.now() });
    const type: EventType = `PAYMENT.CAPTURE.${status}`;
    if (this.events.isOpen) {
      happenings.push({
        type,
        resourceType: 'capture',
        summary: `Payment ${status.toLowerCase()} for ${shownMoney(row.amount)}`,
        resource: renderCapture(row, order, this.parts.publicUrl()),
        delayMs,
      });
    }
    return row;
  }

  private newCapture({ id, amount }: Order): Capture {
    const now = this.parts.clock.now();
    return {
      id: this.parts.identifiers.plain(),
      orderId: id,
      createdAt: now,
      updatedAt: now,
      amount,
      status: 'PENDING',
      refundedMinor: 0,
    };
  }
}
