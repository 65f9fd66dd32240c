import type { SandboxParts } from '../provider.js';
import type { Call } from './paypal.call.js';
import { type Money, readMoney, shownMoney } from './paypal.currencies.js';
import { issue } from './paypal.errors.js';
import type { EventType, Happening, PaypalEvents } from './paypal.events.js';
import { behaviourOf, type InstrumentBehaviour, underFault } from './paypal.magic.js';
import { renderRefund } from './paypal.objects.js';
import type { Capture, Refund } from './paypal.records.js';
import type { RefundRequest } from './paypal.requests.js';
import type { PaypalStore } from './paypal.store.js';

const mostRefunds = 100;

/** Refunds: taken off the capture when they are made, put back when they fail. */
export class PaypalRefunds {
  constructor(
    private readonly parts: SandboxParts,
    private readonly store: PaypalStore,
    private readonly events: PaypalEvents,
  ) {}

  create(captureId: string, request: RefundRequest, call: Call): Refund {
    const capture = this.refundableCapture(captureId);
    if (this.store.isInvoiceRefunded(request.invoice_id)) throw issue('DUPLICATE_INVOICE_ID');
    const amount = refundableAmount(
      capture,
      request.amount && readMoney(request.amount, '/amount'),
    );
    const { refund } = underFault(this.behaviourOf(capture), call.fault);
    const fields = {
      amount,
      invoiceId: request.invoice_id,
      customId: request.custom_id,
      note: request.note_to_payer,
      requestId: call.requestId,
    };
    return this.make(capture, fields, refund, call.happenings);
  }

  /** A refund that somebody made in PayPal's own dashboard. */
  createByHand(orderId: string, amountMinor: number): string {
    const capture = this.store.capturesOf(orderId).find(({ status }) => status === 'COMPLETED');
    const { id } = capture ?? {};
    const refundable = this.refundableCapture(id ?? orderId);
    const amount = refundableAmount(refundable, { ...refundable.amount, minor: amountMinor });
    const happenings: Happening[] = [];
    const refund = this.make(refundable, { amount }, 'succeed', happenings);
    this.events.tell(happenings, this.behaviourOf(refundable).fault.webhooks);
    return refund.id;
  }

  /** The payer's bank took back what was left of a capture. */
  reverse(capture: Capture): void {
    const minor = capture.amount.minor - capture.refundedMinor;
    if (minor === 0) return;
    const happenings: Happening[] = [];
    this.make(
      capture,
      { amount: { ...capture.amount, minor }, reversal: true },
      'succeed',
      happenings,
    );
    this.events.tell(happenings);
  }

  find(id: string): Refund {
    const refund = this.store.refunds.get(id);
    if (refund) return refund;
    throw issue('INVALID_RESOURCE_ID', { field: 'refund_id', value: id, location: 'path' });
  }

  findCapture(id: string): Capture {
    const capture = this.store.captures.get(id);
    if (capture && capture.status !== 'FAILED') return capture;
    throw issue('INVALID_RESOURCE_ID', { field: 'capture_id', value: id, location: 'path' });
  }

  settle(id: string): void {
    const refund = this.store.refunds.get(id);
    if (!refund?.due) return;
    const { status } = refund.due;
    const capture = this.store.captureOf(refund);
    if (status === 'FAILED') {
      const refundedMinor = capture.refundedMinor - refund.amount.minor;
      this.store.captures.put({ ...capture, refundedMinor, updatedAt: this.parts.clock.now() });
    }
    const happenings: Happening[] = [];
    this.change({ ...refund, status, due: undefined }, happenings);
    this.events.tell(happenings, this.behaviourOf(capture).fault.webhooks);
  }

  schedule({ id, due }: Refund): void {
    if (!due) return;
    const delayMs = Math.max(0, due.at - this.parts.clock.now());
    this.parts.clock.after(delayMs, () => this.settle(id));
  }

  private make(
    capture: Capture,
    fields: Pick<Refund, 'amount' | 'invoiceId' | 'customId' | 'note' | 'requestId' | 'reversal'>,
    behaviour: InstrumentBehaviour['refund'],
    happenings: Happening[],
  ): Refund {
    const now = this.parts.clock.now();
    const totalMinor = capture.refundedMinor + fields.amount.minor;
    const at = now + this.parts.settleMs;
    const status = behaviour === 'pending' ? 'COMPLETED' : 'FAILED';
    const refund: Refund = {
      ...fields,
      id: this.parts.identifiers.plain(),
      captureId: capture.id,
      createdAt: now,
      updatedAt: now,
      status: behaviour === 'pending' || behaviour === 'fail' ? 'PENDING' : 'COMPLETED',
      totalMinor,
      due: behaviour === 'succeed' ? undefined : { at, status },
    };
    this.store.captures.put({ ...capture, refundedMinor: totalMinor, updatedAt: now });
    const made = this.change(refund, happenings);
    this.schedule(made);
    return made;
  }

  private change(refund: Refund, happenings: Happening[]): Refund {
    const row = this.store.refunds.put({ ...refund, updatedAt: this.parts.clock.now() });
    if (this.events.isOpen) {
      happenings.push({
        type: eventType(row),
        resourceType: 'refund',
        summary: `A refund of ${shownMoney(row.amount)} is ${row.status.toLowerCase()}`,
        resource: renderRefund(row, this.parts.publicUrl(), false),
      });
    }
    return row;
  }

  private refundableCapture(id: string): Capture {
    const capture = this.findCapture(id);
    if (capture.status === 'PENDING') throw issue('PENDING_CAPTURE');
    if (capture.status !== 'COMPLETED') throw issue('REFUND_NOT_ALLOWED');
    if (capture.refundedMinor === capture.amount.minor) throw issue('CAPTURE_FULLY_REFUNDED');
    if (this.store.refundsOf(id).length < mostRefunds) return capture;
    throw issue('MAX_NUMBER_OF_REFUNDS_EXCEEDED');
  }

  private behaviourOf(capture: Capture): InstrumentBehaviour {
    return behaviourOf(this.store.orderOf(capture).instrument);
  }
}

function refundableAmount(capture: Capture, wanted: Money | undefined): Money {
  const left = { ...capture.amount, minor: capture.amount.minor - capture.refundedMinor };
  const amount = wanted ?? left;
  if (amount.minor < 1) throw issue('CANNOT_BE_ZERO_OR_NEGATIVE');
  if (amount.currency !== left.currency) throw issue('REFUND_CAPTURE_CURRENCY_MISMATCH');
  if (amount.minor > left.minor) throw issue('REFUND_AMOUNT_EXCEEDED');
  return amount;
}

function eventType({ reversal, status }: Refund): EventType {
  if (reversal) return 'PAYMENT.CAPTURE.REVERSED';
  return status === 'COMPLETED' ? 'PAYMENT.CAPTURE.REFUNDED' : `PAYMENT.REFUND.${status}`;
}
